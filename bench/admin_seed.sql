-- An office with {bills} bills of {customers} customers: nine in ten paid in cash, a few cancelled, the rest open; with
-- {plans} plans, what was told to a gateway, and however large it is two hundred payments to review. Beside it two
-- neighbours of a thousand bills, one whose rows are older than all of the office's and one whose rows are newer.
SET session_replication_role = replica;

SET synchronous_commit = off;

INSERT INTO billing_user (username, password, is_superuser, first_name, last_name, email, is_staff, is_active, date_joined)
SELECT name, '', FALSE, '', '', '', TRUE, TRUE, now() FROM unnest(ARRAY['office', 'early', 'late']) AS name;

INSERT INTO billing_merchant (username, name_en, name_ar, currency, time_zone, language, channel, help_phone,
    issue_days_ahead, link_valid_days, bills_per_hour, subscriptions_per_hour, is_active)
SELECT name, name, '', 'JOD', 'Asia/Amman', 'ar', 'SMS', '', 3, 30, 0, 0, TRUE
FROM unnest(ARRAY['early', 'office', 'late']) WITH ORDINALITY AS merchant (name, place) ORDER BY place;

INSERT INTO billing_membership (merchant_id, user_id, role)
SELECT merchant.id, billing_user.id, 'OWNER' FROM billing_merchant AS merchant
JOIN billing_user USING (username);

INSERT INTO invoices_gatewayaccount (merchant_id, base_url, payment_base_url, merchant_code, access_code, secret_key,
    iv_key, login_username, login_password, currency, link_hosts, pay_types, pay_types_as_array, country_code_with_plus,
    sends_webhook_url, puts_page_in_description, can_enquire, parked_reason, consecutive_failures)
SELECT id, 'https://gateway.example.com', 'https://pay.example.com', username, '', '', '', '', '', 'JOD', '[]', '[]',
    TRUE, TRUE, FALSE, FALSE, TRUE, '', 0
FROM billing_merchant;

INSERT INTO billing_customer (merchant_id, phone, name, email, national_id, address, language)
SELECT merchant.id, '+9627' || lpad((70000000 + n * 37 % 29999999)::text, 8, '0'),
    (ARRAY['محمد', 'Ahmad', 'فاطمة', 'Leen', 'Khaled', 'سارة', 'Yazan', 'Rana'])[1 + n % 8] || ' '
        || (ARRAY['العبدالله', 'Haddad', 'الزعبي', 'Qasem', 'Nasser'])[1 + n / 8 % 5] || ' ' || n,
    '', '', '', ''
FROM billing_merchant AS merchant, generate_series(1, {customers}) AS n
WHERE merchant.username = 'office' OR n <= 200
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
    status, cancel_reason, cancelled_at, renew_when_cancelled, delivery, gateway_account_id, sent_at, next_attempt_at,
    attempts, lease_id, looks, problem, gateway_id, gateway_token, gateway_url, created_at)
SELECT merchant_id, 'INV-' || bill.id, 'R-' || bill.id, customer_id, customer_name, customer_phone, '', bill.id, 1, 'JOD',
    amount, '', 'ar', 'SMS', due_date, due_date + 30, CASE WHEN status = 'PENDING' THEN 'OPEN' ELSE 'CANCELLED' END,
    CASE WHEN status = 'PENDING' THEN '' ELSE 'PAID_OTHERWISE' END, paid_at, FALSE,
    CASE WHEN bill.id % 1001 = 0 THEN 'REJECTED' ELSE 'SENT' END, account.id, invoiced_at, invoiced_at, 1, '', 0, '', '',
    'T-' || bill.id, 'https://pay.example.com/' || bill.id, invoiced_at
FROM billing_bill AS bill JOIN invoices_gatewayaccount AS account USING (merchant_id) ORDER BY bill.id;

INSERT INTO invoices_payment (merchant_id, customer_id, bill_id, method, currency, amount, applied_amount,
    is_provisional, payment_type, recorded_by_id, note, review_reason, received_at)
SELECT merchant_id, customer_id, id, CASE WHEN id % 3 = 0 THEN 'TRANSFER' ELSE 'CASH' END, 'JOD', amount, amount,
    FALSE, '', (SELECT id FROM billing_user WHERE username = 'office'), '', 
    CASE WHEN id % ({bills} / 200) = 0 THEN 'OVERPAID' ELSE '' END, paid_at
FROM billing_bill WHERE status = 'PAID' ORDER BY billing_bill.id;

INSERT INTO billing_event (merchant_id, subject, subject_id, name, actor, details, occurred_at)
SELECT merchant_id, 'BILL', id, name, 'api', '{{}}'::jsonb, created_at
FROM billing_bill, unnest(ARRAY['created', 'invoiced']) AS name ORDER BY billing_bill.id;

INSERT INTO invoices_deliveryattempt (merchant_id, invoice_id, gateway_account_id, action, channel, outcome, detail,
    started_at, finished_at)
SELECT invoice.merchant_id, invoice.id, account.id, 'CREATE', 'SMS', 'DONE', '', invoice.created_at, invoice.created_at
FROM invoices_invoice AS invoice JOIN invoices_gatewayaccount AS account USING (merchant_id) ORDER BY invoice.id;

INSERT INTO invoices_enquiry (merchant_id, invoice_id, gateway_account_id, finding, reference, merchant_code,
    transaction_token, detail, asked_at)
SELECT merchant_id, invoice_id, gateway_account_id, 'NOT_PAID', '', '', '', '', started_at
FROM invoices_deliveryattempt ORDER BY id;

INSERT INTO invoices_gatewaycallback (merchant_id, watch_id, kind, content_type, payload, payload_digest, state,
    invoice_id, problem, attempts, received_at, times_received)
SELECT merchant_id, md5(id::text), 'WEBHOOK', 'application/json', '{{}}', md5(id::text), 'RESOLVED', id, '', 1, created_at, 1
FROM invoices_invoice ORDER BY id;

-- In twenty plans one has an end, and one in twenty a changed amount.
INSERT INTO subscriptions_subscription (merchant_id, public_id, subscription_no, type, customer_id, customer_name,
    customer_phone, customer_email, product_name, description, notes, currency, recurring_amount, payment_day,
    ends_after, anchor_date, auto_generate_invoices, status, last_sequence, scheduled_until, created_at, paused_at,
    cancelled_at)
SELECT merchant_id, substr(md5('plan' || id), 1, 24), 'SUB-' || id, 'OPEN_ENDED', id, name, phone, '', 'Gym', '', '',
    'JOD', (5 + id % 40) * 1000, 10, CASE WHEN id % 20 = 7 THEN 30 END, begun, TRUE,
    CASE WHEN id % 25 = 3 THEN 'CANCELLED' WHEN id % 25 = 4 THEN 'PAUSED' ELSE 'ACTIVE' END, 2, begun + 60,
    begun, CASE WHEN id % 25 = 4 THEN begun + 40 + id % 200 * interval '1 day' END,
    CASE WHEN id % 25 = 3 THEN begun + 40 + id % 300 * interval '1 day' END
FROM (
    SELECT customer.*, (date_trunc('month', current_date) - make_interval(months => (customer.id % 36)::int))::date + 9 AS begun
    FROM (SELECT merchant_id, min(id) AS first FROM billing_customer GROUP BY merchant_id) AS of_merchant
    JOIN billing_customer AS customer USING (merchant_id)
    WHERE customer.id < of_merchant.first + {plans}
) AS subscribed
ORDER BY id;

INSERT INTO subscriptions_term (merchant_id, subscription_id, from_sequence, anchor_date, interval, payment_day, amount)
SELECT merchant_id, id, 2, (anchor_date + interval '1 month')::date, interval, 10, recurring_amount + 1000
FROM subscriptions_subscription WHERE id % 20 = 9 ORDER BY id;

-- Of what fell due one in ten is open still.
INSERT INTO subscriptions_installment (merchant_id, subscription_id, sequence, due_date, amount, amount_paid,
    amount_refunded, description, status, link_version, paid_at)
SELECT merchant_id, id, sequence, due, recurring_amount, CASE WHEN state = 'PAID' THEN recurring_amount ELSE 0 END, 0, '',
    state, 1, CASE WHEN state = 'PAID' THEN due END
FROM (
    SELECT plan.*, sequence, due, CASE WHEN due > current_date AND plan.status = 'CANCELLED' THEN 'CANCELLED'
        WHEN due > current_date THEN 'SCHEDULED' WHEN id % 10 = 0 THEN 'INVOICED' ELSE 'PAID' END AS state
    FROM subscriptions_subscription AS plan, generate_series(1, 2) AS sequence,
        LATERAL (SELECT (anchor_date + make_interval(months => sequence - 1))::date AS due) AS of_day
) AS installment ORDER BY id, sequence;

VACUUM ANALYZE;
