/** What the disk can do to a server: no room, no writing, no lock, a page of rubbish. What was acknowledged must be there after it. */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { type Adapter, type Agent, Refusal } from './adapter.ts';
import { Connection } from './connection.ts';
import { canMount, fill, makeDisk, removeDisk, setReadOnly } from './small-disk.ts';

export interface StorageReport {
  what: string;
  /** What the server said while it could not write; null where the machine does not let us do this. */
  said: string | null;
  acknowledged: number;
  lost: number;
  integrity: string;
  ok: boolean;
}

/** A server with some notes on a plan, under one evil. */
class Patient {
  readonly connection: Connection;
  readonly acknowledged: string[] = [];
  #agent: Agent | undefined;
  #said: string | null = null;
  readonly #adapter: Adapter;
  readonly #dataRoot: string;

  constructor(adapter: Adapter, dataRoot: string) {
    this.#adapter = adapter;
    this.#dataRoot = dataRoot;
    this.connection = new Connection(adapter.start(dataRoot));
  }

  async begin(): Promise<void> {
    const plan = await this.#adapter.createPlan(this.connection.call);
    const session = await this.#adapter.join(this.connection.call, plan, 'Patient');
    this.#agent = { name: 'Patient', plan, session };
    await this.write(50);
  }

  /** Writes notes; a refusal is remembered, and nothing is written after it. */
  async write(count: number): Promise<void> {
    const agent = this.#agent as Agent;
    try {
      for (let n = 0; n < count; n++) {
        const text = `Note ${this.acknowledged.length} ${'x'.repeat(2_000)}`;
        await this.#adapter.note(this.connection.call, agent, crypto.randomUUID(), text);
        this.acknowledged.push(text);
      }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#said = error.message.split('\n', 1)[0] ?? '';
    }
  }

  async report(what: string, expected: RegExp): Promise<StorageReport> {
    await this.connection.close();
    const { notes, integrity } = await this.#adapter.state(this.#dataRoot, this.#agent?.plan ?? '');
    const there = new Set(notes);
    const lost = this.acknowledged.filter((text) => !there.has(text)).length;
    const ok = lost === 0 && integrity === 'ok' && this.#said !== null && expected.test(this.#said);
    return { what, said: this.#said, acknowledged: this.acknowledged.length, lost, integrity, ok };
  }
}

/** Only for servers whose adapter says that they keep one SQLite file. */
export async function tortureStorage(adapter: Adapter): Promise<StorageReport[]> {
  if (adapter.sqlite === undefined) return [];
  const { file, readByAll } = adapter.sqlite;
  return [
    await onSmallDisk(adapter, 'disk full', /^unavailable: The disk is full/, fill),
    await onSmallDisk(adapter, 'folder read-only', /^unavailable: The data folder cannot be written/, (disk) => {
      setReadOnly(disk, true);
      return () => setReadOnly(disk, false);
    }),
    await inFolder((dataRoot) => lockNotGiven(adapter, dataRoot, file)),
    await inFolder((dataRoot) => damagedPage(adapter, dataRoot, file, readByAll)),
  ];
}

async function inFolder<T>(body: (dataRoot: string) => Promise<T>): Promise<T> {
  const dataRoot = mkdtempSync(join(tmpdir(), 'project-memory-torture-'));
  try {
    return await body(dataRoot);
  } finally {
    rmSync(dataRoot, { recursive: true, force: true });
  }
}

async function onSmallDisk(
  adapter: Adapter,
  what: string,
  expected: RegExp,
  harm: (disk: string) => () => void,
): Promise<StorageReport> {
  if (!canMount)
    return { what, said: null, acknowledged: 0, lost: 0, integrity: 'not tried: needs root on Linux', ok: true };
  const disk = makeDisk('32m');
  try {
    const patient = new Patient(adapter, disk);
    await patient.begin();
    // A disk with open files cannot be made read-only.
    if (harm !== fill) await patient.connection.close();
    const heal = harm(disk);
    // Where the log has room left in it, it takes some more.
    await patient.write(2_000);
    heal();
    await patient.write(50);
    return await patient.report(what, expected);
  } finally {
    removeDisk(disk);
  }
}

/** As where a file system has lost its lock server: whoever asks for the lock does not get it, for as long as it takes. */
async function lockNotGiven(adapter: Adapter, dataRoot: string, file: string): Promise<StorageReport> {
  const patient = new Patient(adapter, dataRoot);
  await patient.begin();
  const holder = new Database(join(dataRoot, file));
  holder.exec('BEGIN IMMEDIATE');
  await patient.write(1);
  holder.exec('ROLLBACK');
  holder.close();
  await patient.write(50);
  return await patient.report('lock not given', /^busy: /);
}

/** The page where a table begins is rubbish: it must be said, and nothing be answered from it. Put back, all is as it was. */
async function damagedPage(adapter: Adapter, dataRoot: string, file: string, table: string): Promise<StorageReport> {
  const patient = new Patient(adapter, dataRoot);
  await patient.begin();
  await patient.connection.close();
  const db = new Database(join(dataRoot, file));
  const page = db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(table) as number;
  const size = db.pragma('page_size', { simple: true }) as number;
  db.close();
  const place = { file: join(dataRoot, file), at: (page - 1) * size };
  const whole = readAt(place, size);
  writeAt(place, Buffer.alloc(size, 0xa5));
  await patient.write(1);
  await patient.connection.close();
  writeAt(place, whole);
  return await patient.report('page damaged', /^corrupt: /);
}

interface Place {
  file: string;
  at: number;
}

function readAt({ file, at }: Place, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  const descriptor = openSync(file, 'r');
  readSync(descriptor, bytes, 0, size, at);
  closeSync(descriptor);
  return bytes;
}

function writeAt({ file, at }: Place, bytes: Buffer): void {
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, bytes, 0, bytes.length, at);
  closeSync(descriptor);
}
