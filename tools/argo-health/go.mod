// The Lua that Argo CD runs health checks by, for the test of the one in docs/gitops.md.
module guestlist.dev/tools/argo-health

go 1.26.0

require github.com/yuin/gopher-lua v1.1.2
