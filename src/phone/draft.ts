/** On the questions of a request, and where it is sent or erased. */
import { keepDrafts } from './draft-forms';

void keepDrafts();
