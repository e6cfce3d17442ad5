/**
 * What the phone does beyond HTML, on every page; what few pages need is in scripts of their own (vite.config.ts). Every part
 * looks for its own `data-*` mark and leaves the page alone otherwise.
 */
import { watchChanges } from './agenda';
import { guardDoubleSubmit } from './double-submit';
import { focusErrorSummary } from './errors';
import { queueForms } from './forms';
import { offerInstall } from './install';
import { leaveFast } from './leave';
import { offerPrint } from './print';
import { showProgress } from './progress';
import { offerReadAloud } from './read-aloud';
import { offerPush } from './push-offer';
import { start } from './start';
import { startWorker } from './worker';

guardDoubleSubmit();
focusErrorSummary();
offerReadAloud();
offerPrint();
leaveFast();
offerInstall();
offerPush();
queueForms();
watchChanges();
showProgress();
startWorker();
void start();
