/** An identifier as SQL has it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as SQL has it; names come from the catalogs, and may hold anything. */
export function literal(text: string): string {
  const quotes = `'${text.replaceAll("'", "''")}'`;
  return text.includes('\\') ? ` E${quotes.replaceAll('\\', '\\\\')}` : quotes;
}
