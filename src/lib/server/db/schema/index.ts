/** The whole schema over one engine's column makers. PostgreSQL gets the same functions with its own set. */
import { sqlite } from '../columns.ts';
import { defineAccounts } from './accounts.ts';
import { defineMessages } from './messages.ts';
import { defineAppointments } from './appointments.ts';
import { defineAudit } from './audit.ts';
import { defineChildcare } from './childcare.ts';
import { defineDiagnosis } from './diagnosis.ts';
import { defineEvaluation } from './evaluation.ts';
import { defineHandling } from './handling.ts';
import { defineHours } from './hours.ts';
import { defineOffers } from './offers.ts';
import { definePapers } from './papers.ts';
import { definePathway } from './pathway.ts';
import { definePeople } from './people.ts';
import { definePlatform } from './platform.ts';
import { defineReminders } from './reminders.ts';
import { defineRequests } from './requests.ts';
import { defineTerritories } from './territories.ts';

export const { meta, demoMessage } = definePlatform(sqlite);

const territories = defineTerritories(sqlite);
export const { territory, employmentArea, department, municipality, catchment, holiday, structure, stageTemplate } =
	territories;

export const { offer } = defineOffers(sqlite, territories);

const accounts = defineAccounts(sqlite, territories);
export const { account, session, signInCode, invitation } = accounts;
export const { messageTemplate, messageTemplateVersion } = defineMessages(sqlite, territories, accounts);

const people = definePeople(sqlite, territories, accounts);
export const { person, personSearchKey, followUpMember, exceptionalOpening, workingNote, archivedFile } = people;

const requests = defineRequests(sqlite, territories, accounts, people);
export const { supportRequest, need, themeQuestions } = requests;
export const { orientation, moveProposal, identityDecision, filing, handover } = defineHandling(
	sqlite,
	territories,
	accounts,
	people,
	requests,
);

export const { pathway, stage, goal, situationReview, step, checkIn, caseGroup, caseGroupMember } = definePathway(
	sqlite,
	territories,
	accounts,
	people,
);

export const { diagnosis, diagnosisValue } = defineDiagnosis(sqlite, territories, accounts, people);

const appointments = defineAppointments(sqlite, territories, accounts, people);
export const { workshop, appointment, answerLink, appointmentSlot, calendarFeed } = appointments;
export const { availability, availabilityException, freedHour, earlierProposal, outsideCalendar, outsideBusy } =
	defineHours(sqlite, accounts, appointments);

export const { pushSubscription, reminder, delivery, removedDevice, deadAddress } = defineReminders(
	sqlite,
	accounts,
	people,
	appointments,
);
const childcare = defineChildcare(sqlite, territories, accounts, people, requests);
export const {
	aidScheme,
	aidSchemeVersion,
	childcareAid,
	childcareAidEvent,
	supportingDocument,
	aidChild,
	aidGuest,
	aidProof,
	aidNotice,
} = childcare;

export const { paper, paperPage } = definePapers(sqlite, accounts, requests, childcare);

export const {
	questionnaire,
	questionnaireVersion,
	ratingInvitation,
	ratingLink,
	ratingBox,
	evaluationPool,
	tally,
	indicatorPublication,
	ratingComment,
	panelQuestion,
	panelVoter,
	callback,
	improvement,
} = defineEvaluation(sqlite, territories, accounts, people, appointments);
export const { auditEntry } = defineAudit(sqlite);
