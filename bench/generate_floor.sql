-- What the product's generation is measured against: one statement does a chunk, with nothing asked and nobody heeded.
WITH due AS MATERIALIZED (
    SELECT id, subscription_id, due_date, amount, sequence FROM subscriptions_installment
    WHERE merchant_id = %(merchant)s AND status = 'SCHEDULED' AND hold = '' AND due_date <= current_date + 3
        AND (due_date, id) > (%(after_date)s, %(after_id)s)
    ORDER BY due_date, id LIMIT %(chunk)s
), counter AS (
    INSERT INTO billing_numbersequence AS counter (merchant_id, day, kind, last_value)
    SELECT %(merchant)s, current_date, 'INV', count(*) FROM due
    ON CONFLICT (merchant_id, day, kind) DO UPDATE SET last_value = counter.last_value + excluded.last_value
    RETURNING last_value
), made AS (
    INSERT INTO invoices_invoice (merchant_id, number, reference, customer_id, customer_name, customer_phone,
        customer_email, installment_id, issue_no, currency, amount, description, language, channel, due_date, expires_on,
        status, cancel_reason, renew_when_cancelled, delivery, next_attempt_at, attempts, lease_id, looks, problem,
        gateway_id, gateway_token, gateway_url)
    SELECT %(merchant)s, 'INV-' || number, 'INV-' || number || '-' || substr(gen_random_uuid()::text, 1, 8),
        customer_id, customer_name, customer_phone, customer_email, numbered.id, 1, currency, numbered.amount,
        product_name || ', payment ' || sequence, 'ar', 'SMS', due_date, due_date + 30, 'OPEN', '', FALSE, 'NEW', now(),
        0, '', 0, '', '', '', ''
    FROM (
        SELECT due.*, to_char(current_date, 'YYYYMMDD-') || lpad(
            (counter.last_value - (SELECT count(*) FROM due) + row_number() OVER (ORDER BY due_date, id))::text, 7, '0'
        ) AS number FROM due, counter
    ) AS numbered
    JOIN subscriptions_subscription AS plan ON plan.id = numbered.subscription_id
    RETURNING id, merchant_id, installment_id, amount
), told AS (
    INSERT INTO billing_event (merchant_id, subject, subject_id, name, actor, details)
    SELECT merchant_id, 'INVOICE', id, 'issued', 'system',
        jsonb_build_object('amount', round(amount / 1000.0, 3)::text, 'issue', 1)
    FROM made
), marked AS (
    UPDATE subscriptions_installment AS installment SET status = 'INVOICED', invoiced_at = now()
    FROM made WHERE installment.id = made.installment_id
    RETURNING installment.due_date, installment.id
)
SELECT count(*), max(due_date), max(id) FROM marked
