/**
 * Preload of a tortured process: its clock is that of the machine plus the milliseconds that stand in the file TORTURE_CLOCK,
 * looked at a hundred times a second. So the clock of all agents can be put forward and back while they run; the steady clock
 * that Node keeps beside it goes on, as it does when a machine's clock is put.
 */
import { readFileSync } from 'node:fs';

const file = process.env.TORTURE_CLOCK ?? '';
const machine = Date.now;
let shift = 0;
let looked = Number.NEGATIVE_INFINITY;

Date.now = () => {
  if (performance.now() - looked > 10) {
    looked = performance.now();
    try {
      shift = Number(readFileSync(file, 'utf8'));
    } catch {
      // Nobody has put the clock yet.
    }
  }
  return machine() + shift;
};
