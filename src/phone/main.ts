/** What the phone does beyond HTML. Every part looks for its own `data-*` mark and leaves the page alone otherwise. */
import { guardDoubleSubmit } from './double-submit';
import { keepDrafts } from './draft';
import { focusErrorSummary } from './errors';
import { offerPrint } from './print';
import { offerReadAloud } from './read-aloud';
import { focusSearchBySlash } from './shortcuts';

guardDoubleSubmit();
focusErrorSummary();
offerReadAloud();
void keepDrafts();
offerPrint();
focusSearchBySlash();
