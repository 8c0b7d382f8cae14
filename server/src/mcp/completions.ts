/** Completions: what fits while somebody types an argument of a prompt or the id in an address. */
import { offerAgentTypes, offerIds } from '../catalog/offer.ts';
import type { OfferedKind } from '../domain/vocabulary.ts';
import { orProtocolError } from './refusal.ts';

type Complete = (typed: string) => Promise<string[]>;

/** Ids of this kind, by their beginning or by words. The protocol library sends the first hundred and says how many there are. */
export function idsOf(kind: OfferedKind): Complete {
  return (typed) => orProtocolError('A completion', () => offerIds(kind, typed));
}

export const agentTypes: Complete = (typed) => orProtocolError('A completion', () => offerAgentTypes(typed));
