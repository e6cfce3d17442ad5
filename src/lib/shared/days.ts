import { remembered } from './remembered.ts';

/** Every zone's clock differs from UTC by whole quarters of an hour: the calendar day is the same all through one. */
const QUARTER_MS = 900_000;

/** Made once each: building one costs a thousand times what using it does. */
const formats = remembered<Intl.DateTimeFormat>(500);
/** Pages of a day ask for the same few. */
const days = remembered<string>(10_000);

/** The calendar day of an instant in a zone, `YYYY-MM-DD`. @throws RangeError when the zone is unknown */
export const localDay = (instant: Date, zone: string): string =>
	days(`${Math.floor(instant.getTime() / QUARTER_MS)} ${zone}`, () => {
		// Swedish writes days as ISO does.
		const make = () =>
			new Intl.DateTimeFormat('sv', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
		return formats(zone, make).format(instant);
	});
