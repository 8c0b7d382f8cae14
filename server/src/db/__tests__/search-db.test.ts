import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withClock } from '../../domain/clock.ts';
import { storeContext } from '../context-db.ts';
import { updatePlan } from '../plan-db.ts';
import { rankedSearch, type SearchFilter } from '../search-db.ts';
import { deleteStep } from '../step-db.ts';
import { aPlan, aSession, aStep, withTestDatabase } from './fixtures.ts';

const search = (query: string, filter: Partial<SearchFilter> = {}) => rankedSearch(query, { limit: 20, ...filter });
const found = (query: string, filter: Partial<SearchFilter> = {}) => search(query, filter).map(({ id }) => id);

/** Stores each text on one plan; answers their ids. */
function facts(...texts: string[]): string[] {
  const { id } = aPlan().plan;
  // A session of its own each: what one of them says is no context of the next.
  return texts.map((text) => storeContext('plan', id, 'fact', text, { sessionId: aSession({ plan_id: id }).id }).id);
}

describe('what is found', () => {
  test('any of the words is enough; more of them, and rarer ones, come first', () =>
    withTestDatabase(() => {
      const [both, rare, frequent] = facts(
        'ferry and lighthouse',
        'a lighthouse',
        'the ferry',
        'this ferry',
        'one ferry',
      );
      const ids = found('ferry lighthouse');
      expect(ids).toHaveLength(5);
      expect(ids.slice(0, 2)).toEqual([both, rare]);
      expect(ids).toContain(frequent);
    }));

  test('a word in a title counts more than one in a text', () =>
    withTestDatabase(() => {
      aStep({ task: 'Paint the hull', notes: 'Ask for the anchor first' });
      const { id } = aStep({ task: 'Polish the anchor', notes: 'Ask for the hull first' });
      expect(found('anchor')[0]).toBe(id);
    }));

  test.each([
    ['words', 'lighthouse keeper', 'The keepers of our lighthouse.'],
    ['words that have begun', 'lightho* keep*', 'The keepers of our lighthouse.'],
    ['parts of an identifier', 'lighthouse keeper', 'See LighthouseKeeper.'],
    ['letters without spaces', '灯台 番人', '灯台の番人'],
  ])('%s at the beginning of a text count more than said often deep in one', (_what, query, text) =>
    withTestDatabase(() => {
      const filler = 'More of the voyage. '.repeat(60);
      const [, early] = facts(filler + `${text} `.repeat(20), text + filler);
      facts(filler, filler, filler);
      expect(found(query)[0]).toBe(early);
    }),
  );

  test('other forms of a word', () =>
    withTestDatabase(() => {
      const [item] = facts('The passengers were waiting');
      expect(found('passenger waits')).toEqual([item]);
    }));

  test.each([
    ['whole', 'getPlanById'],
    ['in lower case', 'getplanbyid'],
    ['by a part', 'plan'],
    ['in snake case', 'get_plan_by_id'],
    ['by parts that follow each other', '"by id"'],
  ])('an identifier, %s', (_how, query) =>
    withTestDatabase(() => {
      const { id } = aPlan().plan;
      const item = storeContext('plan', id, 'fact', 'Use getPlanById here').id;
      expect(found(query, { kinds: ['context'] })).toEqual([item]);
    }),
  );

  test.each(['plan-db.ts', 'db', 'SQLITE_BUSY', 'busy', 'server/src/db', '"plan-db.ts"'])(
    'a name with punctuation, by %s',
    (query) =>
      withTestDatabase(() => {
        const [item] = facts('SQLITE_BUSY in server/src/db/plan-db.ts');
        expect(found(query, { kinds: ['context'] })).toEqual([item]);
      }),
  );

  test.each([
    ['東京', 1],
    ['京タ', 1],
    ['タワー', 1],
    ['ー', 1],
    ['東京タワーの', 1],
    ['京東', 0],
    ['예약', 1],
  ])('letters of scripts without spaces: %s', (query, count) =>
    withTestDatabase(() => {
      facts('昨日東京タワーへ行った。단체 예약을 하고 싶다.');
      expect(found(query)).toHaveLength(count);
    }),
  );

  test('a date in words or figures', () =>
    withTestDatabase(() => {
      const { id } = aPlan().plan;
      const [item] = ['2026-02-13', '2026-03-14'].map((date) =>
        withClock(
          () => Date.parse(date),
          () => storeContext('plan', id, 'fact', date.length).id,
        ),
      );
      expect(found('february', { kinds: ['context'] })).toEqual([item]);
      expect(found('"2026-02-13"', { kinds: ['context'] })).toEqual([item]);
    }));

  test('what stands in the two before it in its thread, below what says it itself', () =>
    withTestDatabase(() => {
      const { id } = aPlan().plan;
      const [first, second, third, fourth] = ['The lighthouse', 'It was dark', 'Nobody came', 'The end'].map(
        (text) => storeContext('plan', id, 'fact', text).id,
      );
      expect(found('lighthouse')).toEqual([first, second, third]);
      expect(found('lighthouse')).not.toContain(fourth);
    }));

  test('what says words itself comes before what only stands beside it, whatever both hold together', () =>
    withTestDatabase(() => {
      const { id } = aPlan().plan;
      const [first, noon, blue, last] = [
        'The webhook signing quokka rotates weekly.',
        'Lunch is at noon.',
        'The office is blue.',
        'Unrelated quokka.',
      ].map((text) => storeContext('plan', id, 'fact', text).id);
      const hits = search('quokka signing noon');
      expect(hits.map((hit) => hit.id)).toEqual([first, noon, last, blue]);
      const scores = hits.map(({ score }) => score);
      expect(scores).toEqual([...scores].sort((a, b) => b - a));
    }));

  test('a word alone, too, is found first where it is said, though a neighbour holds it in fewer words', () =>
    withTestDatabase(() => {
      const { id } = aPlan().plan;
      const [said, beside] = [`A quokka ${'and more words '.repeat(400)}`, 'Noon.'].map(
        (text) => storeContext('plan', id, 'fact', text).id,
      );
      expect(found('quokka')).toEqual([said, beside]);
    }));

  test('what its plan says raises it, and goes with the name of the plan', () =>
    withTestDatabase(() => {
      const [ferry, tram] = ['The ferry', 'The tram'].map((title) => {
        const { id } = aPlan({ title }).plan;
        return { id, fact: storeContext('plan', id, 'fact', 'A new timetable').id };
      });
      const facts = (query: string) => found(query, { kinds: ['context'] });
      expect(facts('tram timetable')).toEqual([tram?.fact, ferry?.fact]);
      updatePlan(String(ferry?.id), { title: 'The tram' });
      updatePlan(String(tram?.id), { title: 'The ferry' });
      expect(facts('tram timetable')).toEqual([ferry?.fact, tram?.fact]);
    }));

  test('the context of a document goes with what it came from', () =>
    withTestDatabase(() => {
      const { phases } = aPlan({ stepsEach: 0 });
      const [first, second, third] = ['Light the lamp', 'Wind the clock', 'Sleep'].map((task) =>
        aStep({ phase_id: String(phases[0]?.id), task }),
      );
      expect(found('lamp')).toEqual([first?.id, second?.id, third?.id]);
      deleteStep(String(first?.id));
      expect(found('lamp')).toEqual([]);
      expect(found('clock')).toEqual([second?.id, third?.id]);
    }));
});

describe('related words', () => {
  test('another name of the same raises a hit, but less than the word itself', () =>
    withTestDatabase(() => {
      const [sails, deleted, removed] = facts('the ferry sails', 'a deleted ferry', 'a removed ferry');
      expect(found('remove ferry')).toEqual([removed, deleted, sails]);
    }));

  test('what the best have in common finds what holds none of the words, after them', () =>
    withTestDatabase(() => {
      const [first, second, third] = facts('lamp oil wick burner', 'lamp oil burner wick', 'soot on wick and burner');
      facts(...['anchor', 'rope', 'sail', 'mast', 'rudder', 'keel', 'deck'].map((word) => `${word} and more`));
      expect(found('lamp oil')).toEqual([first, second, third]);
      expect(found('lamp oil -soot')).toEqual([first, second]);
      expect(found('"lamp oil" wick')).toEqual([first, second]);
      const explained = search('lamp oil', { explain: true })[2]?.matched;
      expect(explained?.map(({ word }) => word).sort()).toEqual(['burner', 'wick']);
    }));

  test('a word alone finds only what holds it', () =>
    withTestDatabase(() => {
      const [item] = facts('removed', 'deleted');
      expect(found('remove')).toEqual([item]);
    }));
});

describe('the query language', () => {
  test('a quoted phrase must be there, as it stands', () =>
    withTestDatabase(() => {
      const [item] = facts('red light on the port side', 'port light, red side');
      expect(found('"red light" side')).toEqual([item]);
      expect(found('"side light"')).toEqual([]);
    }));

  test('the beginning of a word', () =>
    withTestDatabase(() => {
      const [one, two] = facts('lighthouse', 'lightship', 'candle');
      expect(found('lights* lighth*').sort()).toEqual([one, two].sort());
    }));

  test('an excluded word excludes what says it itself, not what comes after that', () =>
    withTestDatabase(() => {
      const { id } = aPlan().plan;
      const store = (text: string) => storeContext('plan', id, 'fact', text).id;
      const [red, green, after] = [store('red lamp'), store('green lamp'), store('old lamp')];
      expect(found('lamp -red').sort()).toEqual([green, after].sort());
      expect(found('lamp -red')).not.toContain(red);
      expect(found('-red')).toEqual([]);
    }));
});

describe('any text is a query', () => {
  const CORPUS = [
    'AND OR NOT NEAR',
    'title: body',
    'a "quoted" text',
    "it's 100%",
    '東京',
    'NULL',
    '*',
    '( ) { } ^ + -',
  ];

  test.each([
    ['10,000 characters of words', 'word '.repeat(2_000)],
    ['10,000 different words', Array.from({ length: 2_000 }, (_, n) => `w${n}`).join(' ')],
    ['one word of 10,000 letters', 'x'.repeat(10_000)],
    ['10,000 quotes', '"'.repeat(10_000)],
    ['10,000 letters without spaces', '東'.repeat(10_000)],
    ['an identifier of 10,000 letters', 'aB'.repeat(5_000)],
    ['stop words', 'what is the'],
    ['punctuation', '*** ??? --- :::'],
    ['emoji', '😀 👩‍👩‍👧 🇩🇪'],
    ['operators', 'AND OR NOT NEAR( title: {body} : ^x + "a" *'],
    ['a quote that does not close', 'say "hello'],
    ['a lone surrogate', '\ud800 x'],
    ['marks without letters', '\u0301\u0302 \u093f'],
  ])('%s', (_what, query) =>
    withTestDatabase(() => {
      facts(...CORPUS);
      expect(search(query, { explain: true })).toBeInstanceOf(Array);
    }),
  );

  test('drawn at random, with or without operators', () =>
    withTestDatabase(() => {
      facts(...CORPUS);
      const words = fc.constantFrom(
        'AND',
        'OR',
        'NOT',
        'NEAR',
        '"',
        '*',
        '-',
        '(',
        ')',
        ':',
        '^',
        '{',
        '}',
        'a',
        '東京',
        ' ',
      );
      const text = fc.oneof(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.array(words, { maxLength: 30 }).map((parts) => parts.join('')),
        fc.array(words, { maxLength: 30 }).map((parts) => parts.join(' ')),
      );
      fc.assert(
        fc.property(text, fc.boolean(), (query, explain) => {
          expect(search(query, { explain }).length).toBeLessThanOrEqual(20);
        }),
        { numRuns: 150 },
      );
    }));
});
