import { test } from 'vitest';
import { raceForSteps } from './step-race.ts';

test('eight processes at once are never given the same step, and lose none', async () => {
  await raceForSteps({ processes: 8, phases: 10, stepsEach: 20, execution: 'free' });
});

test('eight processes at once keep the order of the phases', async () => {
  await raceForSteps({ processes: 8, phases: 6, stepsEach: 10, execution: 'phased' });
});
