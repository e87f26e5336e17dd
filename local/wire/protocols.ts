import { json } from './json';
import type { Protocol } from './protocol';
import { query } from './query';
import { restXml } from './rest-xml';
import type { Service } from './service';

export const PROTOCOLS: Readonly<Record<Service['protocol'], Protocol>> = {
  query,
  json,
  'rest-xml': restXml,
};
