/** What the phone does beyond HTML. Every part looks for its own `data-*` mark and leaves the page alone otherwise. */
import { guardDoubleSubmit } from './double-submit';
import { keepDrafts } from './draft';
import { focusErrorSummary } from './errors';
import { queueForms } from './forms';
import { offerInstall } from './install';
import { offerPrint } from './print';
import { showProgress } from './progress';
import { offerPush, stopPushWithForm } from './push';
import { offerReadAloud } from './read-aloud';
import { focusSearchBySlash } from './shortcuts';
import { purgeAtSignOut } from './sign-out';
import { start } from './start';
import { startWorker } from './worker';

guardDoubleSubmit();
focusErrorSummary();
offerReadAloud();
offerPrint();
focusSearchBySlash();
offerInstall();
offerPush();
stopPushWithForm();
queueForms();
showProgress();
startWorker();
void purgeAtSignOut();
void keepDrafts();
void start();
