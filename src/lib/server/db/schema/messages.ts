import type { Columns } from '../columns.ts';

/** What a message of a professional is about: each has a fixed sentence, and templates of the territory may word it. */
export const MESSAGE_SUBJECTS = ['news', 'call', 'paper', 'appointment'] as const;

export const defineMessages = (
	d: Columns,
	{ territory }: import('./territories.ts').TerritoriesSchema,
	{ account }: import('./accounts.ts').AccountsSchema,
) => {
	/** A sentence of the territory for messages by hand; what it says is in its versions. */
	const messageTemplate = d.table(
		'message_template',
		{
			id: d.text('id').primaryKey(),
			territoryId: d
				.text('territory_id')
				.notNull()
				.references(() => territory.id),
			subject: d.text('subject', { enum: MESSAGE_SUBJECTS }).notNull(),
			/** What professionals call it; never sent. */
			name: d.text('name').notNull(),
			retiredAt: d.instant('retired_at'),
			createdAt: d.instant('created_at').notNull(),
		},
		(t) => [d.index('message_template_territory_id_idx').on(t.territoryId)],
	);
	/** Never changed once written: what was sent can always be read again. The highest number is the current one. */
	const messageTemplateVersion = d.table(
		'message_template_version',
		{
			id: d.text('id').primaryKey(),
			templateId: d
				.text('template_id')
				.notNull()
				.references(() => messageTemplate.id, { onDelete: 'cascade' }),
			number: d.integer('number').notNull(),
			/** One sentence per language, with variables; French always. */
			texts: d.json('texts').$type<{ fr: string } & Partial<Record<string, string>>>().notNull(),
			createdById: d
				.text('created_by_id')
				.notNull()
				.references(() => account.id),
			createdAt: d.instant('created_at').notNull(),
			/** Another coordinator than its author: only then may it leave to several people at once. */
			approvedById: d.text('approved_by_id').references(() => account.id),
			approvedAt: d.instant('approved_at'),
		},
		(t) => [d.uniqueIndex('message_template_version_template_id_number_idx').on(t.templateId, t.number)],
	);
	return { messageTemplate, messageTemplateVersion };
};
