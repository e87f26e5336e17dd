import { json } from './json';
import { json10 } from './json-1-0';
import type { Protocol } from './protocol';
import { query } from './query';
import { restJson } from './rest-json';
import { restXml } from './rest-xml';
import type { Service } from './service';

export const PROTOCOLS: Readonly<Record<Service['protocol'], Protocol>> = {
  query,
  json,
  'json-1.0': json10,
  'rest-json': restJson,
  'rest-xml': restXml,
};
