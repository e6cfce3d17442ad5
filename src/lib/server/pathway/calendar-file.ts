import ical from 'ical-generator';
import type { StepOwner, StepState } from '../../shared/codes.ts';
import { isOpenStep } from './rules.ts';

interface Dated {
	id: string;
	owner: StepOwner;
	state: StepState;
	dueOn: string | null;
	version: number;
}

/**
 * One's own dated steps as an iCalendar file, whole days (RFC 5545 §3.3.4: no zone, the same day wherever the phone is). The
 * title says nothing but « à faire »: calendars are shared and show on locked screens.
 */
export function stepsFile(steps: Dated[], title: string, now: Date): string {
	const calendar = ical({ prodId: { company: 'Sans Couture', product: 'Portail', language: 'FR' } });
	for (const { id, dueOn, owner, state, version } of steps) {
		if (!dueOn || owner !== 'person' || !isOpenStep(state)) continue;
		calendar.createEvent({
			id: `${id}@sans-couture`,
			sequence: version - 1,
			stamp: now,
			// Text, not a Date: a Date would be written in the day of the server.
			start: dueOn,
			allDay: true,
			summary: title,
		});
	}
	return calendar.toString();
}
