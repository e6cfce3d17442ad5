import type { Columns } from '../columns.ts';
import type { Theme } from '../../../shared/themes.ts';

export const defineOffers = (d: Columns, { municipality }: import('./territories.ts').TerritoriesSchema) => {
	/** What exists, where, for which theme: a service of a data·inclusion file, once for each theme it answers. */
	const offer = d.table(
		'offer',
		{
			/** As its producer names it: `dora--42`. */
			serviceId: d.text('service_id').notNull(),
			theme: d.text('theme').$type<Theme>().notNull(),
			/** Producer of the data. */
			source: d.text('source').notNull(),
			name: d.text('name').notNull(),
			structureName: d.text('structure_name').notNull(),
			/** A crèche that keeps places for parents who look for work (network `creches-avip`). */
			isAvip: d.flag('is_avip').notNull(),
			/** data·inclusion word: `accompagnement`, `aide-financiere`… */
			kind: d.text('kind'),
			/** One goes there: not by telephone or internet alone. */
			isOnSite: d.flag('is_on_site').notNull(),
			/** A person may ask alone; otherwise a professional does. */
			forPeople: d.flag('for_people').notNull(),
			/** E.164. */
			phone: d.text('phone'),
			address: d.text('address').notNull(),
			inseeCode: d
				.text('insee_code')
				.notNull()
				.references(() => municipality.inseeCode),
			/** Day on which its producer last wrote it. */
			updatedOn: d.day('updated_on').notNull(),
			importedAt: d.instant('imported_at').notNull(),
		},
		(t) => [
			d.primaryKey({ columns: [t.serviceId, t.theme] }),
			// What there is for a theme in the communes of a territory.
			d.index('offer_theme_insee_code_idx').on(t.theme, t.inseeCode),
		],
	);
	return { offer };
};
