/** What is done for all by whichever process comes first. */
import { finishTask, giveBackTask, type Task, takeTask } from '../db/index.ts';

/** Does a task that is due, unless another process is at it; null then. What fails is given back, for others to try. */
export async function doTask<T>(task: Task, holder: string, work: () => Promise<T>): Promise<T | null> {
  if (!takeTask(task, holder)) return null;
  try {
    const result = await work();
    finishTask(task, holder);
    return result;
  } catch (error) {
    giveBackTask(task, holder);
    throw error;
  }
}
