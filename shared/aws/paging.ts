/** Asks page after page until no marker comes back. Without it a region of 101 snapshots would lose one unseen. */
export async function everyPage<T>(
  page: (marker: string | undefined) => Promise<{ items: T[] | undefined; marker: string | undefined }>,
): Promise<T[]> {
  const all: T[] = [];
  let marker: string | undefined;
  do {
    const { items, marker: next } = await page(marker);
    all.push(...(items ?? []));
    marker = next === '' ? undefined : next;
  } while (marker !== undefined);
  return all;
}

/** RDS's largest page, and its default (aws-facts: Quotas). */
export const PAGE = 100;
