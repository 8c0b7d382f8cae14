/** Whether the program can do its work. */
import { getTools } from '../db/index.ts';

/** Whether the database answers and knows the tools. */
export function databaseAnswers(): boolean {
  try {
    return getTools().length > 0;
  } catch {
    return false;
  }
}
