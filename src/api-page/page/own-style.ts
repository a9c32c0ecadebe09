/** What of Scalar's looks is ours. */
export const OWN_STYLE = `
  /* Texts that would be too faint by WCAG AA (4.5 : 1). */
  .light-mode { --scalar-color-3: #6a6a6a; --scalar-color-green: #067a52; --scalar-color-red: #cc0006; --scalar-color-orange: #a84300; --scalar-color-yellow: #7a5d00; }
  .dark-mode { --scalar-color-3: #8f8f8f; --scalar-color-red: #ff6b70; }
  /* On a phone: the title of what is shown, which would make the page wider than the screen. */
  .flex-1.whitespace-nowrap { min-width: 0; overflow: hidden; text-overflow: ellipsis; }
  /* The sandbox opens no further windows: the credit stays, and leads nowhere. */
  a[href^='https://scalar.com'] { pointer-events: none; }
`;
