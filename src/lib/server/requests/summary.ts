/** Answers as they are read back to the person: on the check page and to professionals. */
import type { Theme } from '../../shared/themes.ts';
import { answersOf, type Answers, type ThemeAnswers } from './answers.ts';
import { ticksInWords, type Question } from './questions.ts';
import type { QuestionSet } from './territory-questions.ts';

export interface ThemeSummary {
	theme: Theme;
	/** What was ticked, in words. */
	ticks: string[];
	/** As typed. */
	note: string;
}

/** One theme's answers in words; nothing ticked nor typed gives empty lists. */
export const inWords = (theme: Theme, answers: ThemeAnswers, locale: string, questions?: Question[]): ThemeSummary => ({
	theme,
	ticks: ticksInWords(theme, answers.ticks, locale, questions),
	note: answers.note,
});

/** What is asked, theme by theme; « appelez-moi » skips the questions, not the themes. */
export const summaryOf = (answers: Answers, locale: string, questions: QuestionSet): ThemeSummary[] =>
	answers.themes.map((theme) => inWords(theme, answersOf(answers, theme), locale, questions[theme]));
