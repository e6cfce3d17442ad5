/** The forms of a page, read as a browser would: what one can type in, what goes along. */
export interface PageForm {
	/** Where it is posted. */
	action: string;
	/** What the browser would send as the page stands. */
	values: Record<string, string | string[]>;
	/** Fields a person types in. */
	typed: string[];
	/** Fields nobody sees: ids and versions. */
	hidden: string[];
}

const ENTITIES: Record<string, string> = { '&quot;': '"', '&amp;': '&', '&lt;': '<', '&gt;': '>', '&#39;': "'" };
const plain = (text: string) => text.replace(/&(?:quot|amp|lt|gt|#39);/g, (entity) => ENTITIES[entity]!);

function attributesOf(tag: string): Record<string, string> {
	const found = tag.matchAll(/([\w-]+)(?:="([^"]*)")?/g);
	return Object.fromEntries([...found].map(([, name, value]) => [name!.toLowerCase(), plain(value ?? '')]));
}

const PLAUSIBLE: [RegExp, string][] = [
	[/email/i, 'xavier@example.fr'],
	[/phone|tel/i, '06 39 98 00 77'],
	[/^(day|dueOn)/, '2031-03-04'],
	[/^time/, '10:00'],
	[/birth/i, '04/05/1990'],
	[/minutes/i, '60'],
	[/count|amount|number/i, '3'],
	[/^code$/, '123456'],
];
/** What somebody could have typed there; free text otherwise. */
export const plausible = (name: string, text: string): string =>
	PLAUSIBLE.find(([pattern]) => pattern.test(name))?.[1] ?? text;

/** Forms of a page that post, none twice. */
export function formsOf(html: string, address: string): PageForm[] {
	const forms = new Map<string, PageForm>();
	for (const [, opening, body] of html.matchAll(/<form([^>]*)>([\s\S]*?)<\/form>/g)) {
		const own = attributesOf(opening!);
		if (own.method?.toLowerCase() !== 'post') continue;
		const buttons = [...body!.matchAll(/<button([^>]*)>/g)].map(([, tag]) => attributesOf(tag!));
		const targets = [own.action ?? '', ...buttons.flatMap(({ formaction }) => formaction ?? [])];
		for (const target of targets) {
			const form = read(body!, target.startsWith('/') ? target : address.split('?')[0] + target);
			const [named] = buttons.filter((button) => button.name && (button.formaction ?? own.action ?? '') === target);
			if (named) form.values[named.name!] ??= named.value ?? '';
			forms.set(`${form.action} ${Object.keys(form.values)}`, form);
		}
	}
	return [...forms.values()];
}

const CONTROL =
	/<input\b(?<input>[^>]*)>|<textarea\b(?<area>[^>]*)>(?<text>[^<]*)|<select\b(?<select>[^>]*)>(?<options>[\s\S]*?)<\/select>/g;

function read(body: string, action: string): PageForm {
	const form: PageForm = { action, values: {}, typed: [], hidden: [] };
	for (const { groups = {} } of body.matchAll(CONTROL)) {
		const { input, area, text = '', select, options = '' } = groups;
		const { name, type = 'text', value = '', checked } = attributesOf(input ?? area ?? select ?? '');
		if (!name) continue;
		if (select !== undefined) {
			const choices = [...options.matchAll(/<option([^>]*)>/g)].map(([, tag]) => attributesOf(tag!).value ?? '');
			form.values[name] = choices.find(Boolean) ?? '';
		} else if (type === 'radio') {
			if (!(name in form.values) || checked !== undefined) form.values[name] = value;
		} else if (type === 'checkbox') form.values[name] = [...[form.values[name] ?? []].flat(), value];
		else if (type === 'hidden') {
			form.values[name] = value;
			form.hidden.push(name);
		} else {
			form.values[name] = area === undefined ? value : plain(text);
			form.typed.push(name);
		}
	}
	return form;
}
