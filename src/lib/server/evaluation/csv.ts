import { stringify } from 'csv-stringify/sync';

/** A cell as computed: texts and numbers; null: nothing may be shown. */
export type CsvCell = string | number | null;

/** A text that a spreadsheet would run as a formula is kept as text (OWASP, CSV injection). */
const harmless = (value: string) => (/^\s*[=+\-@\t\r|]/.test(value) ? `'${value}` : value);
/** Decimal comma: what French spreadsheets read. */
const decimal = (value: number) => String(value).replace('.', ',');
const written = (cell: CsvCell) => (cell === null ? '' : typeof cell === 'number' ? decimal(cell) : harmless(cell));

/** For French spreadsheets: BOM, `;`, decimal comma, CRLF. */
export const csvOf = (rows: readonly (readonly CsvCell[])[]): string =>
	stringify(
		rows.map((row) => row.map(written)),
		{ delimiter: ';', bom: true, record_delimiter: 'windows' },
	);
