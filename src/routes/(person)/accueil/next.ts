import type { AppointmentAnswer } from '$lib/shared/codes';

/** An answer is asked for on the first card when the appointment is this near. */
const ASK_WITHIN_MS = 7 * 86_400_000;

interface Situation<A, I, S, P, R, D> {
	now: Date;
	appointment?: A;
	/** Times to choose among. */
	invitation?: I;
	/** A paper an aid is waiting for. */
	paper?: P;
	/** Their own step that is due first. */
	step?: S;
	/** An opinion that was asked for. */
	rating?: R;
	/** Their own part of the diagnosis, or their answer to it, when it is asked for. */
	diagnosis?: D;
	/** Nobody follows them: nothing was ever asked, or all of it ended. */
	isOver: boolean;
}

/** The one thing to do next: an answer first, because somebody waits for it; a calm sentence when there is nothing. */
export function nextThing<
	A extends { answer: AppointmentAnswer; startsAt: Date },
	I,
	S,
	P,
	R,
	D extends { asks: 'self' | 'answer' },
>(situation: Situation<A, I, S, P, R, D>) {
	const { now, appointment, invitation, paper, diagnosis, step, rating, isOver } = situation;
	const near = appointment && appointment.startsAt.getTime() - now.getTime() <= ASK_WITHIN_MS;
	if (appointment && near && appointment.answer === 'none') return { kind: 'answer' as const, appointment };
	if (invitation) return { kind: 'choose' as const, invitation };
	if (paper) return { kind: 'paper' as const, paper };
	// Nobody prepares an interview any more; what was shared may be answered until its last day.
	if (diagnosis && !(isOver && diagnosis.asks === 'self')) return { kind: 'diagnosis' as const, diagnosis };
	if (step) return { kind: 'step' as const, step };
	if (rating) return { kind: 'rating' as const, rating };
	return { kind: isOver && !appointment ? ('start' as const) : ('nothing' as const) };
}
