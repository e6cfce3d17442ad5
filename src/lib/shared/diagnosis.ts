import type { Theme } from './themes';

/** States of a diagnosis (product.md §4). Stored: they never change. */
export const DIAGNOSIS_STATES = ['self_started', 'interview_planned', 'shared', 'agreed', 'contested'] as const;
export type DiagnosisState = (typeof DIAGNOSIS_STATES)[number];

/** What is looked at, in the order of the interview (domain.md §2.2), and the theme each belongs to for who may see it. */
export const TOPIC_THEMES = {
	employment: 'employment',
	mobility: 'mobility',
	housing: 'housing',
	childcare: 'childcare',
	money: 'money',
	paperwork: 'rights',
	language: 'french',
	digital: 'digital',
	health: 'health',
} as const satisfies Record<string, Theme>;
export type Topic = keyof typeof TOPIC_THEMES;
export const TOPICS = Object.keys(TOPIC_THEMES) as Topic[];

/** Two more, said of the whole person: of no theme, so that the pair alone sees them. */
export const EASES = ['power', 'digital_ease'] as const;
export type Ease = (typeof EASES)[number];
export type Point = Topic | Ease;
export const POINTS: readonly Point[] = [...TOPICS, ...EASES];
export const isEase = (point: Point): point is Ease => (EASES as readonly string[]).includes(point);
export const themeOfPoint = (point: Point): Theme | null => (isEase(point) ? null : TOPIC_THEMES[point]);

/** How the person sees a topic. Not answered is neither of them. */
export const SELF_VIEWS = ['strong', 'look', 'hard', 'talk'] as const;
export type SelfView = (typeof SELF_VIEWS)[number];

export const NEEDS = ['not_explored', 'need', 'strong'] as const;
export type Need = (typeof NEEDS)[number];
/** « Not discussed » is not « no ». */
export const CONSTRAINTS = ['not_discussed', 'no', 'yes'] as const;
export type Constraint = (typeof CONSTRAINTS)[number];
export const IMPACTS = ['low', 'medium', 'high'] as const;
export type Impact = (typeof IMPACTS)[number];
export const LEVELS = ['not_discussed', 'low', 'medium', 'high'] as const;
export type Level = (typeof LEVELS)[number];

/** What professionals note about a topic. */
export interface TopicValue {
	need: Need;
	constraint: Constraint;
	/** Of the constraint; null without one. */
	impact: Impact | null;
	priority: boolean;
	note: string;
}
/** What they note about an ease. */
export interface EaseValue {
	level: Level;
	note: string;
}
export type PointValue = TopicValue | EaseValue;
export const isTopicValue = (value: PointValue): value is TopicValue => 'need' in value;

/** Nothing said yet. */
export const emptyValue = (point: Point): PointValue =>
	isEase(point)
		? { level: 'not_discussed', note: '' }
		: { need: 'not_explored', constraint: 'not_discussed', impact: null, priority: false, note: '' };

/** The person's own part: all of it may be left out. */
export interface SelfPart {
	views: Partial<Record<Topic, SelfView>>;
	goals: string;
	works: string;
}
export const EMPTY_SELF: SelfPart = { views: {}, goals: '', works: '' };

/** Their own pages, three topics on each; the last asks for words. */
export const SELF_PAGES: readonly (readonly Topic[])[] = [TOPICS.slice(0, 3), TOPICS.slice(3, 6), TOPICS.slice(6), []];
