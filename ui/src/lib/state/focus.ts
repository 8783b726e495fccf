/** The focus is never lost: where what had it is gone, the list or the view takes it. */

export function takeFocus(): void {
  if (document.activeElement !== null && document.activeElement !== document.body) return;
  const heir =
    document.querySelector<HTMLElement>('[role="grid"]') ?? document.querySelector<HTMLElement>("main");
  heir?.focus({ preventScroll: true });
}
