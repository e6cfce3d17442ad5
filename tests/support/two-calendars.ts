import { expect } from 'vitest';
import ICAL from 'ical.js';
import { readCalendar } from './strict-ics.ts';

/** The same file through two readers that know nothing of each other: ours, strict, and ical.js. They must agree on every event. */
export function readTwice(file: string): ReturnType<typeof readCalendar> {
	const mine = readCalendar(file);
	const calendar = new ICAL.Component(ICAL.parse(file) as never);
	for (const zone of calendar.getAllSubcomponents('vtimezone'))
		ICAL.TimezoneService.register(new ICAL.Timezone(zone) as never);
	const theirs = calendar.getAllSubcomponents('vevent').map((component) => {
		const event = new ICAL.Event(component);
		return {
			uid: event.uid,
			sequence: event.sequence,
			status: String(component.getFirstPropertyValue('status')),
			summary: event.summary,
			startsAt: event.startDate.toJSDate(),
			endsAt: event.endDate.toJSDate(),
		};
	});
	ICAL.TimezoneService.reset();
	expect(theirs).toEqual(mine.events.map(({ alarm: _alarm, location: _location, ...event }) => event));
	return mine;
}
