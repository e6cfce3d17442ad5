import { sql } from 'drizzle-orm';
import { PAPER_REASONS, PAPER_STATES, PAPER_TYPES } from '../../../shared/papers.ts';
import { THEMES } from '../../../shared/themes.ts';
import type { Columns } from '../columns.ts';

export const definePapers = (
	d: Columns,
	{ account }: import('./accounts.ts').AccountsSchema,
	{ supportRequest }: import('./requests.ts').RequestsSchema,
	{ childcareAid }: import('./childcare.ts').ChildcareSchema,
) => {
	/** A paper that was joined, to a request or to an aid: whose it is follows from them, and it goes with them. */
	const paper = d.table(
		'paper',
		{
			id: d.text('id').primaryKey(),
			requestId: d.text('request_id').references(() => supportRequest.id, { onDelete: 'cascade' }),
			aidId: d.text('aid_id').references(() => childcareAid.id, { onDelete: 'cascade' }),
			/** Which of the expected papers it is; null for one joined to a request. */
			kind: d.text('kind'),
			/** The need it is about: its members may read it too. */
			theme: d.text('theme', { enum: THEMES }),
			/** What the person calls it. */
			labelSealed: d.sealed('label_sealed'),
			state: d.text('state', { enum: PAPER_STATES }).notNull(),
			reason: d.text('reason', { enum: PAPER_REASONS }),
			noteSealed: d.sealed('note_sealed'),
			joinedById: d
				.text('joined_by_id')
				.notNull()
				.references(() => account.id),
			joinedAt: d.instant('joined_at').notNull(),
			stateAt: d.instant('state_at').notNull(),
			examinedById: d.text('examined_by_id').references(() => account.id),
		},
		(t) => [
			d.check('paper_of_one_thing', sql`(request_id IS NULL) <> (aid_id IS NULL)`),
			d.index('paper_request_id_idx').on(t.requestId, t.joinedAt),
			d.index('paper_aid_id_idx').on(t.aidId, t.kind, t.joinedAt),
			// Old versions, by when they were replaced: about to be forgotten.
			d
				.index('paper_replaced_idx')
				.on(t.stateAt)
				.where(sql`state = 'replaced'`),
		],
	);
	/** One file of it, sealed on the disk under its id (platform/files). */
	const paperPage = d.table(
		'paper_page',
		{
			id: d.text('id').primaryKey(),
			paperId: d
				.text('paper_id')
				.notNull()
				.references(() => paper.id, { onDelete: 'cascade' }),
			position: d.integer('position').notNull(),
			type: d.text('type', { enum: PAPER_TYPES }).notNull(),
			/** Bytes. */
			size: d.integer('size').notNull(),
			nameSealed: d.sealed('name_sealed').notNull(),
			/** Who sent it, with which form, at which place of it: a form heard twice is one paper. */
			onceKey: d.text('once_key').notNull().unique(),
		},
		(t) => [d.uniqueIndex('paper_page_paper_id_position_idx').on(t.paperId, t.position)],
	);
	return { paper, paperPage };
};
