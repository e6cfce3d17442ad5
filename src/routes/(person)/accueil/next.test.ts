import { expect, test } from 'vitest';
import { asksPerson, type AidFacts } from '$lib/shared/aids';
import { nextThing } from './next';

const now = new Date('2026-03-02T09:00:00Z');
const at = (startsAt: string, answer: 'none' | 'coming' = 'none') => ({ startsAt: new Date(startsAt), answer });
const all = {
	now,
	appointment: at('2026-03-09T09:00:00Z'),
	invitation: 'invitation',
	paper: 'paper',
	diagnosis: { asks: 'self' as 'self' | 'answer' },
	step: 'step',
	rating: 'rating',
	isOver: false,
};

test('an appointment without an answer comes first when it is seven days away or nearer', () => {
	expect(nextThing(all).kind).toBe('answer');
	expect(nextThing({ ...all, appointment: at('2026-03-09T09:00:00.001Z') }).kind).toBe('choose');
	expect(nextThing({ ...all, appointment: at('2026-03-03T09:00:00Z', 'coming') }).kind).toBe('choose');
});

test('then what to choose, a paper, the diagnosis, a step, an opinion, and a calm sentence', () => {
	const order = ['choose', 'paper', 'diagnosis', 'step', 'rating', 'nothing'];
	const { now: _now, isOver, ...rest } = { ...all, appointment: undefined };
	const left: Partial<typeof rest> = { ...rest };
	for (const kind of order) {
		expect(nextThing({ now, isOver, ...left }).kind).toBe(kind);
		delete left[(['invitation', 'paper', 'diagnosis', 'step', 'rating'] as const)[order.indexOf(kind)]!];
	}
	expect(nextThing({ now, isOver: true }).kind).toBe('start');
});

test('once nobody follows them, no interview is prepared with them and nobody will tell them: what is left, then to ask again', () => {
	const { diagnosis } = all;
	expect(nextThing({ now, diagnosis, rating: 'rating', isOver: true }).kind).toBe('rating');
	expect(nextThing({ now, diagnosis, isOver: true }).kind).toBe('start');
	expect(nextThing({ now, diagnosis: { asks: 'answer' }, isOver: true }).kind).toBe('diagnosis');
	// An hour that stands: they are expected there.
	expect(nextThing({ now, appointment: at('2026-03-12T09:00:00Z'), isOver: true }).kind).toBe('nothing');
});

test('an aid asks for something when it is the person’s turn, and no longer once silence refused it', () => {
	const facts = { nextActor: 'person', status: 'incomplete', implicitlyRefused: false } as AidFacts;
	expect(asksPerson(facts)).toBe(true);
	expect(asksPerson({ ...facts, implicitlyRefused: true })).toBe(false);
	expect(asksPerson({ ...facts, nextActor: 'structure' })).toBe(false);
});
