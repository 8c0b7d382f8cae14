/** Whether the program can do its work. */
import { getTools } from '../db/index.ts';
import { logError } from '../log.ts';

/** Whether the database answers and knows the tools. Why it does not is logged. */
export async function databaseAnswers(): Promise<boolean> {
  try {
    return getTools().length > 0;
  } catch (error) {
    await logError(error, 'the database does not answer');
    return false;
  }
}
