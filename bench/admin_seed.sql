-- An office with {bills} bills of {customers} customers: nine in ten paid in cash, a few cancelled, the rest open; and a
-- neighbour with a hundredth as many, whose rows are older.
INSERT INTO billing_user (username, password, is_superuser, first_name, last_name, email, is_staff, is_active, date_joined)
VALUES ('office', '', FALSE, '', '', '', TRUE, TRUE, now());

INSERT INTO billing_merchant (username, name_en, name_ar, currency, time_zone, language, channel, help_phone,
    issue_days_ahead, link_valid_days, bills_per_hour, subscriptions_per_hour, is_active)
SELECT name, name, '', 'JOD', 'Asia/Amman', 'ar', 'SMS', '', 3, 30, 0, 0, TRUE
FROM unnest(ARRAY['neighbour', 'office']) WITH ORDINALITY AS merchant (name, place) ORDER BY place;

INSERT INTO billing_membership (merchant_id, user_id, role)
SELECT merchant.id, billing_user.id, 'OWNER' FROM billing_merchant AS merchant, billing_user
WHERE merchant.username = 'office';

INSERT INTO billing_customer (merchant_id, phone, name, email, national_id, address, language)
SELECT merchant.id, '+9627' || lpad((70000000 + n * 37 % 29999999)::text, 8, '0'),
    (ARRAY['محمد', 'Ahmad', 'فاطمة', 'Leen', 'Khaled', 'سارة', 'Yazan', 'Rana'])[1 + n % 8] || ' '
        || (ARRAY['العبدالله', 'Haddad', 'الزعبي', 'Qasem', 'Nasser'])[1 + n / 8 % 5] || ' ' || n,
    '', '', '', ''
FROM billing_merchant AS merchant, generate_series(1, {customers}) AS n
WHERE merchant.username = 'office' OR n <= {customers} / 100
ORDER BY merchant.id, n;

INSERT INTO billing_bill (merchant_id, public_id, customer_id, customer_name, customer_phone, customer_email,
    service_type, description, notes, currency, amount, amount_paid, amount_refunded, due_date, status, billing_no,
    bill_no, link_version, created_at, invoiced_at, paid_at)
SELECT merchant_id, substr(md5(n::text || merchant_id), 1, 24), id, name, phone, '', 'Water Bill', '', '', 'JOD',
    1000 + n * 7919 % 90000, CASE WHEN status = 'PAID' THEN 1000 + n * 7919 % 90000 ELSE 0 END, 0, due, status,
    'BILL-' || n, 'N-' || n, 1, due - 30, due - 3, CASE WHEN status = 'PAID' THEN due END
FROM (
    SELECT customer.*, n, current_date + 20 - ((count - n) * 700 / count)::int AS due,
        CASE WHEN n % 97 = 0 THEN 'CANCELLED' WHEN n % 14 = 0 THEN 'PENDING' ELSE 'PAID' END AS status
    FROM (SELECT merchant_id, min(id) AS first, count(*) AS customers, count(*) * 5 AS count
        FROM billing_customer GROUP BY merchant_id) AS of_merchant
    CROSS JOIN LATERAL generate_series(1, of_merchant.count) AS n
    JOIN billing_customer AS customer ON customer.id = of_merchant.first + n % of_merchant.customers
) AS billed
ORDER BY merchant_id, n;

INSERT INTO invoices_invoice (merchant_id, number, reference, customer_id, customer_name, customer_phone,
    customer_email, bill_id, issue_no, currency, amount, description, language, channel, due_date, expires_on,
    status, cancel_reason, cancelled_at, renew_when_cancelled, delivery, next_attempt_at, attempts, lease_id, looks,
    problem, gateway_id, gateway_token, gateway_url, created_at)
SELECT merchant_id, 'INV-' || id, 'R-' || id, customer_id, customer_name, customer_phone, '', id, 1, 'JOD', amount, '',
    'ar', 'SMS', due_date, due_date + 30, CASE WHEN status = 'PENDING' THEN 'OPEN' ELSE 'CANCELLED' END,
    CASE WHEN status = 'PENDING' THEN '' ELSE 'PAID_OTHERWISE' END, paid_at, FALSE,
    CASE WHEN id % 1001 = 0 THEN 'REJECTED' ELSE 'NEW' END, invoiced_at, 0, '', 0, '', '', '', '', invoiced_at
FROM billing_bill ORDER BY billing_bill.id;

INSERT INTO invoices_payment (merchant_id, customer_id, bill_id, method, currency, amount, applied_amount,
    is_provisional, payment_type, recorded_by_id, note, review_reason, received_at)
SELECT merchant_id, customer_id, id, CASE WHEN id % 3 = 0 THEN 'TRANSFER' ELSE 'CASH' END, 'JOD', amount, amount,
    FALSE, '', (SELECT id FROM billing_user), '', CASE WHEN id % 5003 = 0 THEN 'OVERPAID' ELSE '' END, paid_at
FROM billing_bill WHERE status = 'PAID' ORDER BY billing_bill.id;

INSERT INTO billing_event (merchant_id, subject, subject_id, name, actor, details, occurred_at)
SELECT merchant_id, 'BILL', id, 'created', 'api', '{{}}'::jsonb, created_at FROM billing_bill ORDER BY billing_bill.id;

VACUUM ANALYZE;
