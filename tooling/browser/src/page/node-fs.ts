/** Fixtures that the suite reads beside itself are assets of the page. */
export const readFileSync = (url: URL): string => {
  const request = new XMLHttpRequest()
  request.open('GET', url.href, false)
  request.send()
  return request.responseText
}
