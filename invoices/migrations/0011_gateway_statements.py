import billing.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

CURRENCIES = [
    ('JOD', 'Jordanian dinar'),
    ('KWD', 'Kuwaiti dinar'),
    ('BHD', 'Bahraini dinar'),
    ('OMR', 'Omani rial'),
    ('SAR', 'Saudi riyal'),
    ('AED', 'UAE dirham'),
    ('QAR', 'Qatari riyal'),
]


class Migration(migrations.Migration):
    """What the gateway says it paid out, and what it kept."""

    dependencies = [
        ('billing', '0010_second_person'),
        ('invoices', '0010_refunds_and_shifts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='GatewayStatement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='file')),
                ('digest', models.CharField(editable=False, max_length=64)),
                ('currency', models.CharField(choices=CURRENCIES, max_length=3, verbose_name='currency')),
                ('first_day', models.DateField(verbose_name='from')),
                ('last_day', models.DateField(verbose_name='until')),
                ('line_count', models.PositiveIntegerField(verbose_name='lines')),
                ('amount', billing.fields.MoneyField(verbose_name='gross')),
                ('fee', billing.fields.MoneyField(verbose_name='fees')),
                ('net', billing.fields.MoneyField(verbose_name='net')),
                ('imported_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='imported')),
                ('withdrawn_at', models.DateTimeField(editable=False, null=True, verbose_name='withdrawn')),
                ('imported_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='imported by')),
                ('job', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.job', verbose_name='job')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='gateway_statements', to='billing.merchant', verbose_name='merchant')),
                ('withdrawn_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='withdrawn by')),
            ],
            options={
                'verbose_name': 'gateway statement',
                'verbose_name_plural': 'gateway statements',
            },
        ),
        migrations.CreateModel(
            name='GatewayStatementLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='row')),
                ('kind', models.CharField(choices=[('PAYMENT', 'Payment'), ('REFUND', 'Refund'), ('FEE', 'Fee'), ('ADJUSTMENT', 'Adjustment')], max_length=10, verbose_name='kind')),
                ('transaction', models.CharField(blank=True, max_length=200, verbose_name='transaction')),
                ('reference', models.CharField(blank=True, max_length=100, verbose_name='our reference')),
                ('gateway_invoice', models.CharField(blank=True, max_length=200, verbose_name="gateway's invoice number")),
                ('account_code', models.CharField(blank=True, max_length=100, verbose_name='merchant code')),
                ('currency', models.CharField(choices=CURRENCIES, max_length=3, verbose_name='currency')),
                ('amount', billing.fields.MoneyField(verbose_name='gross')),
                ('fee', billing.fields.MoneyField(verbose_name='fee')),
                ('net', billing.fields.MoneyField(verbose_name='net')),
                ('paid_on', models.DateField(verbose_name='day paid')),
                ('payout_reference', models.CharField(blank=True, max_length=100, verbose_name='payout')),
                ('payout_on', models.DateField(null=True, verbose_name='paid out on')),
                ('finding', models.CharField(choices=[('UNKNOWN', 'Unknown to us'), ('AMOUNT_DIFFERS', 'Amount differs'), ('DOUBLED', 'Stated twice'), ('NET_DIFFERS', 'Does not add up'), ('OTHER_ACCOUNT', 'Another account'), ('MATCHED', 'Agrees'), ('CHARGE', 'Fee or adjustment'), ('NEW', 'Not compared yet')], default='NEW', max_length=14, verbose_name='what was found')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.merchant', verbose_name='merchant')),
                ('payment', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='statement_lines', to='invoices.payment', verbose_name='payment')),
                ('refund', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='statement_lines', to='invoices.refund', verbose_name='refund')),
                ('statement', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='invoices.gatewaystatement', verbose_name='statement')),
            ],
            options={
                'verbose_name': 'line of a gateway statement',
                'verbose_name_plural': 'lines of gateway statements',
            },
        ),
        migrations.AddIndex(
            model_name='gatewaystatement',
            index=models.Index(fields=['merchant', 'id'], name='gateway_statement_by_merchant'),
        ),
        migrations.AddConstraint(
            model_name='gatewaystatement',
            constraint=models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('merchant', 'digest'), name='gateway_statement_is_imported_once'),
        ),
        migrations.AddConstraint(
            model_name='gatewaystatement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at', None), ('withdrawn_by', None)), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), _connector='OR'), name='gateway_statement_is_withdrawn_by_somebody'),
        ),
        migrations.AddIndex(
            model_name='gatewaystatementline',
            index=models.Index(fields=['merchant', 'paid_on', 'id'], name='gateway_line_listed'),
        ),
        migrations.AddIndex(
            model_name='gatewaystatementline',
            index=models.Index(fields=['merchant', 'finding', 'paid_on', 'id'], name='gateway_line_by_finding'),
        ),
        migrations.AddIndex(
            model_name='gatewaystatementline',
            index=models.Index(fields=['merchant', 'payout_on'], name='gateway_line_by_payout'),
        ),
        migrations.AddIndex(
            model_name='gatewaystatementline',
            index=models.Index(condition=models.Q(('transaction', ''), _negated=True), fields=['merchant', 'transaction'], name='gateway_line_by_transaction'),
        ),
        migrations.AddIndex(
            model_name='gatewaystatementline',
            index=models.Index(condition=models.Q(('finding__in', ['AMOUNT_DIFFERS', 'DOUBLED', 'NET_DIFFERS', 'NEW', 'OTHER_ACCOUNT', 'UNKNOWN'])), fields=['statement', 'finding'], name='gateway_line_to_look_at'),
        ),
        migrations.AddConstraint(
            model_name='gatewaystatementline',
            constraint=models.UniqueConstraint(fields=('statement', 'number'), name='gateway_line_has_one_place'),
        ),
        migrations.AddConstraint(
            model_name='gatewaystatementline',
            constraint=models.UniqueConstraint(fields=('merchant', 'payment'), name='gateway_line_of_a_payment_is_one'),
        ),
        migrations.AddConstraint(
            model_name='gatewaystatementline',
            constraint=models.UniqueConstraint(fields=('merchant', 'refund'), name='gateway_line_of_a_refund_is_one'),
        ),
        migrations.AddConstraint(
            model_name='gatewaystatementline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('payment', None), ('refund', None)), models.Q(('kind', 'PAYMENT'), ('refund', None)), models.Q(('kind', 'REFUND'), ('payment', None)), _connector='OR'), name='gateway_line_is_matched_to_its_kind'),
        ),
    ]
