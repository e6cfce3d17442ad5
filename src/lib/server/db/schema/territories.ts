import type { Columns } from '../columns.ts';
import type { Theme } from '../../../shared/themes.ts';
import type { TerritorySettings } from '../../territories/settings.ts';

export const defineTerritories = (d: Columns) => {
	const territory = d.table('territory', {
		/** Slug, e.g. `ardennes`. */
		id: d.text('id').primaryKey(),
		/** Prefix of references, e.g. `08`. */
		code: d.text('code').notNull().unique(),
		name: d.text('name').notNull(),
		/** « SPIE », « réseau pour l'emploi »: a label, the programme changed its name. */
		programmeLabel: d.text('programme_label').notNull(),
		/** IANA zone in which its calendar days are counted. */
		zone: d.text('zone').notNull(),
		holidayZone: d.text('holiday_zone').notNull(),
		phone: d.text('phone').notNull(),
		email: d.text('email').notNull(),
		postalAddress: d.text('postal_address').notNull(),
		/** Name of the accent set in tokens.css. */
		accent: d.text('accent').notNull(),
		startsOn: d.day('starts_on'),
		endsOn: d.day('ends_on'),
		/** Only what differs from the defaults of product.md §5. */
		settings: d.json('settings').$type<Partial<TerritorySettings>>().notNull(),
	});
	const employmentArea = d.table(
		'employment_area',
		{
			id: d.text('id').primaryKey(),
			territoryId: d
				.text('territory_id')
				.notNull()
				.references(() => territory.id),
			name: d.text('name').notNull(),
		},
		(t) => [d.index('employment_area_territory_id_idx').on(t.territoryId)],
	);
	/** All départements of the country, so that one can be named when its communes are not known here. */
	const department = d.table('department', {
		code: d.text('code').primaryKey(),
		name: d.text('name').notNull(),
	});
	const municipality = d.table(
		'municipality',
		{
			inseeCode: d.text('insee_code').primaryKey(),
			name: d.text('name').notNull(),
			/** Lower case, no accents, hyphens as spaces, « saint » for « st »: what a search compares. */
			searchName: d.text('search_name').notNull(),
			departmentCode: d.text('department_code').notNull(),
			/** Doubs has one employment area per arrondissement. */
			arrondissement: d.text('arrondissement'),
			population: d.integer('population').notNull(),
		},
		(t) => [d.index('municipality_search_name_idx').on(t.searchName)],
	);
	/** A territory is a set of communes, each from a date (a pilot perimeter grows). */
	const catchment = d.table(
		'catchment',
		{
			inseeCode: d
				.text('insee_code')
				.notNull()
				.references(() => municipality.inseeCode),
			territoryId: d
				.text('territory_id')
				.notNull()
				.references(() => territory.id),
			employmentAreaId: d.text('employment_area_id').references(() => employmentArea.id),
			/** Day included, in the territory's zone. */
			startsOn: d.day('starts_on').notNull(),
		},
		(t) => [
			d.primaryKey({ columns: [t.inseeCode, t.territoryId] }),
			d.index('catchment_territory_id_idx').on(t.territoryId),
		],
	);
	const holiday = d.table(
		'holiday',
		{ zone: d.text('zone').notNull(), day: d.day('day').notNull(), name: d.text('name').notNull() },
		(t) => [d.primaryKey({ columns: [t.zone, t.day] })],
	);
	const structure = d.table(
		'structure',
		{
			id: d.text('id').primaryKey(),
			territoryId: d
				.text('territory_id')
				.notNull()
				.references(() => territory.id),
			employmentAreaId: d.text('employment_area_id').references(() => employmentArea.id),
			name: d.text('name').notNull(),
			/** data·inclusion word for the network: `departements`, `france-travail`, `mission-locale`… */
			kind: d.text('kind').notNull(),
			phone: d.text('phone').notNull(),
			email: d.text('email'),
			address: d.text('address').notNull(),
			inseeCode: d.text('insee_code').references(() => municipality.inseeCode),
			/** Themes it answers for unless somebody chooses otherwise; one structure per theme, in each area that has its own. */
			themes: d.json('themes').$type<Theme[]>().notNull(),
			/** Decides the childcare aids of its territory. */
			decidesAids: d.flag('decides_aids').notNull(),
		},
		(t) => [d.index('structure_territory_id_idx').on(t.territoryId)],
	);
	/** Stages of the pathway, in order: names and targets are the territory's own (Manche: five). */
	const stageTemplate = d.table(
		'stage_template',
		{
			id: d.text('id').primaryKey(),
			territoryId: d
				.text('territory_id')
				.notNull()
				.references(() => territory.id),
			position: d.integer('position').notNull(),
			name: d.json('name').$type<Record<string, string>>().notNull(),
			targetDays: d.integer('target_days').notNull(),
			/** How target days are counted: all days, Mon–Sat but holidays (ouvrable), Mon–Fri but holidays (ouvré). */
			dayType: d.text('day_type', { enum: ['calendar', 'ouvrable', 'ouvre'] }).notNull(),
		},
		(t) => [d.uniqueIndex('stage_template_territory_id_position_idx').on(t.territoryId, t.position)],
	);
	return { territory, employmentArea, department, municipality, catchment, holiday, structure, stageTemplate };
};
export type TerritoriesSchema = ReturnType<typeof defineTerritories>;
