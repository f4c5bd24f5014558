from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('recommendations', '0004_lists_made_ahead'),
    ]

    operations = [
        # Counted anew from the facts, in both ways.
        migrations.RunSQL('truncate recommendations_attention', migrations.RunSQL.noop),
        migrations.RunSQL(
            'update recommendations_countedday set counted_at = null', migrations.RunSQL.noop
        ),
        migrations.RemoveConstraint(
            model_name='attention',
            name='a_film_has_one_attention_a_time',
        ),
        migrations.AddField(
            model_name='attention',
            name='is_day',
            field=models.BooleanField(default=False),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name='attention',
            constraint=models.UniqueConstraint(fields=('is_day', 'began_at', 'movie_id'), name='a_film_has_one_attention_a_time'),
        ),
    ]
