/** A terminal: a program that believes a person sits in front of it. */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { BIN, environment, type Launch } from './processes.ts';

/** Whether the program is installed on this machine. */
export function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** util-linux has the program that gives a command a terminal; that of other systems is called in another way. */
export const HAS_TERMINAL = process.platform === 'linux' && isInstalled('script');

export interface Terminal {
  child: ChildProcessWithoutNullStreams;
  /** Types this. */
  type: (text: string) => void;
  /** Waits until the screen has shown this. */
  shows: (pattern: RegExp) => Promise<RegExpExecArray>;
  /** All that was shown, when the command has ended. */
  ended: Promise<string>;
}

/** Runs a shell command on a terminal of this width. */
export function onTerminal(command: string, { columns = 80, ...launch }: Launch & { columns?: number } = {}): Terminal {
  const child = spawn('script', ['-qec', `stty cols ${columns} rows 40; ${command}`, '/dev/null'], {
    cwd: launch.cwd,
    env: { TERM: 'xterm', LANG: 'C.UTF-8', ...environment(launch) },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let shown = '';
  const looks = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text.replaceAll('\r\n', '\n');
    for (const look of looks) look();
  });
  const ended = new Promise<string>((resolve) => child.on('close', () => resolve(shown)));
  const shows = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(shown);
        if (found !== null) resolve(found);
      };
      looks.add(look);
      look();
      void ended.then(() => reject(new Error(`It ended without ${pattern}: ${shown}`)));
    });
  return { child, type: (text) => void child.stdin.write(text), shows, ended };
}

/** The program itself on a terminal. */
export function binOnTerminal(args: string, launch: Launch & { columns?: number }): Promise<string> {
  return onTerminal(`'${process.execPath}' '${BIN}' ${args}`, launch).ended;
}
