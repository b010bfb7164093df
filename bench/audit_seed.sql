-- Merchants with open-ended plans of twenty periods each: those due so far are invoiced, the older seven paid in cash.
INSERT INTO billing_user (username, password, is_superuser, first_name, last_name, email, is_staff, is_active, date_joined)
VALUES ('cashier', '', FALSE, '', '', '', TRUE, TRUE, now());

INSERT INTO billing_merchant (username, name_en, name_ar, currency, time_zone, language, channel, help_phone,
    issue_days_ahead, link_valid_days, bills_per_hour, subscriptions_per_hour, is_active)
SELECT 'merchant-' || m, 'Merchant ' || m, '', 'JOD', 'Asia/Amman', 'ar', 'SMS', '', 0, 30, 0, 0, TRUE
FROM generate_series(1, {merchants}) AS m;

INSERT INTO billing_customer (merchant_id, phone, name, email, national_id, address, language)
SELECT merchant.id, '+9627' || lpad(n::text, 8, '0'), 'Customer ' || n, 'customer@example.com', '', '', ''
FROM billing_merchant AS merchant, generate_series(1, {plans_each}) AS n;

INSERT INTO subscriptions_subscription (merchant_id, public_id, subscription_no, type, customer_id, customer_name,
    customer_phone, customer_email, product_name, description, notes, currency, recurring_amount, payment_day,
    anchor_date, auto_generate_invoices, status, last_sequence, scheduled_until, created_at)
SELECT merchant_id, substr(replace(gen_random_uuid()::text, '-', ''), 1, 24),
    'SUB-20260101-' || lpad(row_number() OVER (PARTITION BY merchant_id ORDER BY id)::text, 7, '0'), 'OPEN_ENDED', id,
    name, '0' || substr(phone, 5), email, 'Gym Membership - Premium', '', '', 'JOD', 25000, 10, first_day, TRUE, 'ACTIVE',
    20, (first_day + interval '20 months')::date - 1, first_day
FROM billing_customer, (SELECT (date_trunc('month', current_date) - interval '14 months')::date + 9 AS first_day) AS plan;

INSERT INTO billing_numbersequence (merchant_id, day, kind, last_value)
SELECT merchant_id, date '2026-01-01', 'SUB', count(*) FROM subscriptions_subscription GROUP BY merchant_id;

INSERT INTO subscriptions_installment (merchant_id, subscription_id, sequence, due_date, amount, amount_paid,
    amount_refunded, description, status, invoiced_at, paid_at, link_version)
SELECT merchant_id, id, sequence, due, 25000, CASE WHEN sequence <= 7 THEN 25000 ELSE 0 END, 0, '',
    CASE WHEN sequence <= 7 THEN 'PAID' WHEN due <= current_date THEN 'INVOICED' ELSE 'SCHEDULED' END,
    CASE WHEN due <= current_date THEN due END, CASE WHEN sequence <= 7 THEN due END, 1
FROM subscriptions_subscription, generate_series(1, 20) AS sequence,
    LATERAL (SELECT (anchor_date + make_interval(months => sequence - 1))::date AS due) AS schedule;

INSERT INTO invoices_invoice (merchant_id, number, reference, customer_id, customer_name, customer_phone,
    customer_email, installment_id, issue_no, currency, amount, description, language, channel, due_date, expires_on,
    status, cancel_reason, cancelled_at, renew_when_cancelled, delivery, next_attempt_at, attempts, lease_id, looks,
    problem, gateway_id, gateway_token, gateway_url, created_at)
SELECT merchant_id, number, number || '-' || substr(md5(id::text), 1, 10), customer_id, customer_name, customer_phone,
    customer_email, id, 1, 'JOD', amount, 'Gym Membership - Premium', 'ar', 'SMS', due_date, due_date + 30,
    CASE WHEN status = 'PAID' THEN 'CANCELLED' ELSE 'OPEN' END,
    CASE WHEN status = 'PAID' THEN 'PAID_OTHERWISE' ELSE '' END, paid_at, FALSE, 'NEW', invoiced_at, 0, '', 0, '', '',
    '', '', invoiced_at
FROM (
    SELECT installment.*, plan.customer_id, plan.customer_name, plan.customer_phone, plan.customer_email,
        'INV-' || to_char(due_date, 'YYYYMMDD-')
            || lpad(row_number() OVER (PARTITION BY installment.merchant_id, due_date)::text, 7, '0') AS number
    FROM subscriptions_installment AS installment
    JOIN subscriptions_subscription AS plan ON plan.id = installment.subscription_id
    WHERE installment.status <> 'SCHEDULED'
) AS invoiced;

INSERT INTO billing_numbersequence (merchant_id, day, kind, last_value)
SELECT merchant_id, due_date, 'INV', count(*) FROM invoices_invoice GROUP BY merchant_id, due_date;

INSERT INTO invoices_payment (merchant_id, customer_id, installment_id, method, currency, amount, applied_amount,
    is_provisional, payment_type, recorded_by_id, note, review_reason, received_at)
SELECT merchant_id, customer_id, installment_id, 'CASH', 'JOD', amount, amount, FALSE, '',
    (SELECT id FROM billing_user), '', '', cancelled_at
FROM invoices_invoice WHERE status = 'CANCELLED';

INSERT INTO billing_event (merchant_id, subject, subject_id, name, actor, details, occurred_at)
SELECT merchant_id, 'SUBSCRIPTION', id, 'created', 'api', '{{}}'::jsonb, created_at FROM subscriptions_subscription
UNION ALL
SELECT merchant_id, 'INVOICE', id, 'issued', 'system', '{{}}', created_at FROM invoices_invoice
UNION ALL
SELECT merchant_id, 'INVOICE', id, 'cancelled', 'user:1', '{{}}', created_at FROM invoices_invoice WHERE status = 'CANCELLED'
UNION ALL
SELECT merchant_id, 'INSTALLMENT', id, 'settled', 'user:1', '{{}}', paid_at FROM subscriptions_installment WHERE status = 'PAID'
UNION ALL
SELECT merchant_id, 'PAYMENT', id, 'received', 'user:1', '{{}}', received_at FROM invoices_payment;

VACUUM ANALYZE;
