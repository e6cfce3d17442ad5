import type { Columns } from '../columns.ts';

export const definePlatform = (d: Columns) => ({
	/** Facts about this database itself: `made_by`, `seeded_at`. */
	meta: d.table('meta', { key: d.text('key').primaryKey(), value: d.text('value').notNull() }),
	/** What the demo sent instead of real e-mails and SMS. Empty outside the demo. */
	demoMessage: d.table(
		'demo_message',
		{
			id: d.text('id').primaryKey(),
			channel: d.text('channel', { enum: ['email', 'sms'] }).notNull(),
			recipient: d.text('recipient').notNull(),
			subject: d.text('subject'),
			body: d.text('body').notNull(),
			html: d.text('html'),
			at: d.instant('at').notNull(),
		},
		(t) => [d.index('demo_message_at_idx').on(t.at)],
	),
});
