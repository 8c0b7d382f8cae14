import { test } from 'vitest';
import { raceForSteps } from '../../src/db/__tests__/step-race.ts';

test('eight processes work off four thousand steps: each is handed out once, none is lost, no call fails', async () => {
  await raceForSteps({ processes: 8, phases: 40, stepsEach: 100, execution: 'free' });
});

test('eight processes work off eight hundred steps phase by phase', async () => {
  await raceForSteps({ processes: 8, phases: 40, stepsEach: 20, execution: 'phased' });
});
