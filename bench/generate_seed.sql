-- Merchants who each have open-ended plans, one installment of each due today and one more scheduled.
INSERT INTO billing_merchant (username, name_en, name_ar, currency, time_zone, language, channel, help_phone,
    issue_days_ahead, link_valid_days, bills_per_hour, subscriptions_per_hour, is_active)
SELECT 'merchant-' || m, 'Merchant ' || m, '', 'JOD', 'Asia/Amman', 'ar', 'SMS', '', 3, 30, 0, 0, TRUE
FROM generate_series(1, {merchants}) AS m;

INSERT INTO billing_customer (merchant_id, phone, name, email, national_id, address, language)
SELECT merchant.id, '+9627' || lpad(n::text, 8, '0'), 'Customer ' || n, 'customer@example.com', '', '', ''
FROM billing_merchant AS merchant, generate_series(1, {plans_each}) AS n;

INSERT INTO subscriptions_subscription (merchant_id, public_id, subscription_no, type, customer_id, customer_name,
    customer_phone, customer_email, product_name, description, notes, currency, recurring_amount, payment_day,
    anchor_date, auto_generate_invoices, status, last_sequence, scheduled_until)
SELECT merchant_id, substr(replace(gen_random_uuid()::text, '-', ''), 1, 24), 'SUB-20260101-' || id, 'OPEN_ENDED', id,
    name, '0' || substr(phone, 5), email, 'Gym Membership - Premium', '', '', 'JOD', 25000,
    LEAST(28, extract(day FROM current_date)), current_date, TRUE, 'ACTIVE', 2,
    (current_date + interval '4 months')::date
FROM billing_customer;

INSERT INTO subscriptions_installment (merchant_id, subscription_id, sequence, due_date, amount, amount_paid,
    amount_refunded, description, status, link_version)
SELECT merchant_id, id, sequence, (current_date + make_interval(months => sequence - 1))::date, 25000, 0, 0, '',
    'SCHEDULED', 1
FROM subscriptions_subscription, generate_series(1, 2) AS sequence;

VACUUM ANALYZE;
