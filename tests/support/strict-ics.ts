/**
 * A small, strict reader of iCalendar (RFC 5545), written from the text of the standard and not from our writer: whatever it does not
 * know how to read, it refuses. Hours are turned into instants by the rules of the file's own VTIMEZONE alone.
 */
interface Line {
	name: string;
	parameters: Record<string, string>;
	value: string;
}
interface Component {
	name: string;
	lines: Line[];
	parts: Component[];
}
export interface ReadEvent {
	uid: string;
	sequence: number;
	status: string;
	summary: string;
	location: string | undefined;
	startsAt: Date;
	endsAt: Date;
	alarm: string | undefined;
}

const MOST_OCTETS = 75;
const LINE = /^([A-Z-]+)((?:;[A-Z-]+=(?:"[^"]*"|[^":;,]*))*):(.*)$/;

export function readCalendar(file: string): {
	method: string | undefined;
	name: string | undefined;
	events: ReadEvent[];
} {
	const calendar = componentOf(unfold(file));
	if (calendar.name !== 'VCALENDAR' || one(calendar, 'VERSION') !== '2.0') throw new Error('not a calendar');
	one(calendar, 'PRODID');
	if (calendar.parts.length === 0) throw new Error('a calendar holds at least one component');
	const zones = new Map(
		calendar.parts.filter(({ name }) => name === 'VTIMEZONE').map((part) => [one(part, 'TZID'), part]),
	);
	const events = calendar.parts.filter(({ name }) => name === 'VEVENT').map((part) => eventOf(part, zones));
	const uids = new Set(events.map(({ uid }) => uid));
	if (uids.size !== events.length) throw new Error('two events under one UID');
	return { method: maybe(calendar, 'METHOD'), name: maybe(calendar, 'X-WR-CALNAME'), events };
}

function unfold(file: string): string[] {
	if (/[^\r]\n|\r[^\n]/.test(file)) throw new Error('a line does not end with CRLF');
	const lines = file.replace(/\r\n$/, '').split('\r\n');
	const long = lines.find((line) => Buffer.byteLength(line) > MOST_OCTETS);
	if (long) throw new Error(`more than ${MOST_OCTETS} octets: ${long}`);
	const whole: string[] = [];
	for (const line of lines) {
		if (/^[ \t]/.test(line)) whole[whole.length - 1] += line.slice(1);
		else whole.push(line);
	}
	return whole;
}

function componentOf(lines: string[]): Component {
	const root: Component = { name: '', lines: [], parts: [] };
	const open = [root];
	for (const text of lines) {
		const line = lineOf(text);
		const current = open.at(-1)!;
		if (line.name === 'BEGIN') {
			const part = { name: line.value, lines: [], parts: [] };
			current.parts.push(part);
			open.push(part);
		} else if (line.name === 'END') {
			if (current.name !== line.value) throw new Error(`END:${line.value} within ${current.name}`);
			open.pop();
		} else if (current.parts.length > 0) throw new Error(`${line.name} after a component`);
		else current.lines.push(line);
	}
	if (open.length !== 1 || root.parts.length !== 1 || root.lines.length > 0) throw new Error('not one whole component');
	return root.parts[0]!;
}

function lineOf(text: string): Line {
	const found = LINE.exec(text);
	if (!found) throw new Error(`not a content line: ${text}`);
	const [, name, parameters, value] = found;
	const pairs = parameters!.split(';').filter(Boolean);
	return {
		name: name!,
		value: value!,
		parameters: Object.fromEntries(pairs.map((pair) => pair.split('=') as [string, string])),
	};
}

const linesOf = (component: Component, name: string) => component.lines.filter((line) => line.name === name);
const maybe = (component: Component, name: string): string | undefined => linesOf(component, name)[0]?.value;
function oneLine(component: Component, name: string): Line {
	const found = linesOf(component, name);
	if (found.length !== 1) throw new Error(`${component.name} has ${found.length} ${name}`);
	return found[0]!;
}
const one = (component: Component, name: string): string => oneLine(component, name).value;

function eventOf(event: Component, zones: Map<string, Component>): ReadEvent {
	if (!/^\d{8}T\d{6}Z$/.test(one(event, 'DTSTAMP'))) throw new Error('DTSTAMP is not in UTC');
	const [alarm] = event.parts.filter(({ name }) => name === 'VALARM');
	if (alarm && one(alarm, 'ACTION') !== 'DISPLAY') throw new Error('an alarm that is not shown');
	return {
		uid: one(event, 'UID'),
		sequence: Number(one(event, 'SEQUENCE')),
		status: one(event, 'STATUS'),
		summary: unescaped(one(event, 'SUMMARY')),
		location: maybe(event, 'LOCATION') === undefined ? undefined : unescaped(one(event, 'LOCATION')),
		startsAt: instantOf(oneLine(event, 'DTSTART'), zones),
		endsAt: instantOf(oneLine(event, 'DTEND'), zones),
		alarm: alarm && one(alarm, 'TRIGGER'),
	};
}

const unescaped = (text: string) => text.replace(/\\([\\;,])/g, '$1').replace(/\\[nN]/g, '\n');

/** Wall-clock milliseconds, as if the wall were in UTC. */
function wall(text: string): number {
	const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)$/.exec(text);
	if (!parts) throw new Error(`not a local date and time: ${text}`);
	const [year, month, day, hour, minute, second] = parts.slice(1).map(Number) as [
		number,
		number,
		number,
		number,
		number,
		number,
	];
	return Date.UTC(year, month - 1, day, hour, minute, second);
}

function offsetMs(text: string): number {
	const parts = /^([+-])(\d\d)(\d\d)$/.exec(text);
	if (!parts) throw new Error(`not an offset: ${text}`);
	const minutes = Number(parts[2]) * 60 + Number(parts[3]);
	return minutes * 60_000 * (parts[1] === '-' ? -1 : 1);
}

function instantOf(line: Line, zones: Map<string, Component>): Date {
	const zone = zones.get(line.parameters.TZID ?? '');
	if (!zone) throw new Error(`${line.name} in a zone the file does not describe`);
	const local = wall(line.value);
	const started = zone.parts
		.map((rule) => ({ onset: wall(one(rule, 'DTSTART')), rule }))
		.filter(({ onset }) => onset <= local)
		.sort((one, other) => one.onset - other.onset);
	const rule = started.at(-1)?.rule;
	if (!rule) throw new Error(`no rule of the zone is in force on ${line.value}`);
	return new Date(local - offsetMs(one(rule, 'TZOFFSETTO')));
}
