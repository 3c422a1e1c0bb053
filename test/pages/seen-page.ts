/** The sheets of a page, as text. */
export function sheetsOf(page: string): string[] {
  return page
    .split(/<section class="sheet[a-z ]*">/)
    .slice(1)
    .map((sheet) =>
      sheet
        .replaceAll(/<[^>]*>/g, ' ')
        .replaceAll(/\s+/g, ' ')
        .trim(),
    );
}
