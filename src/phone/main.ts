/** What the phone does beyond HTML. Every part looks for its own `data-*` mark and leaves the page alone otherwise. */
import { guardDoubleSubmit } from './double-submit';
import { keepDrafts } from './draft';
import { focusErrorSummary } from './errors';
import { queueForms } from './forms';
import { offerInstall } from './install';
import { leaveFast } from './leave';
import { offerPrint } from './print';
import { showProgress } from './progress';
import { offerReadAloud } from './read-aloud';
import { focusSearchBySlash } from './shortcuts';
import { purgeAtSignOut } from './sign-out';
import { start } from './start';
import { startWorker } from './worker';

guardDoubleSubmit();
focusErrorSummary();
offerReadAloud();
offerPrint();
leaveFast();
focusSearchBySlash();
offerInstall();
queueForms();
showProgress();
startWorker();
void purgeAtSignOut();
void keepDrafts();
void start();
