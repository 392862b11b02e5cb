// Runs before the page is painted: the colours that the visitor has chosen,
// so that nothing flashes. Pages made at build are the same for everyone and
// cannot hold the choice themselves.
{
  const chosen = /(?:^|; )theme=(light|dark|lab)/.exec(document.cookie);
  if (chosen) document.documentElement.dataset.theme = chosen[1];
}
