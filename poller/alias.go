package poller

import (
	"strings"
	"time"
)

// cutProject cuts "projects/P/rest" into the project's id or number and the rest.
func cutProject(name string) (project, rest string, ok bool) {
	below, ok := strings.CutPrefix(name, "projects/")
	if !ok {
		return "", "", false
	}
	return strings.Cut(below, "/")
}

// learnAlias learns from the reply to a Get how the service writes the project. Some services write
// its number for its id. Lists may have shown operations by that name that they seemed not to show,
// so the next List is made as if there had been none. The group is locked.
func (g *group) learnAlias(requested, replied string) {
	_, want, _ := cutProject(requested)
	project, rest, ok := cutProject(replied)
	if !ok || replied == requested || rest != want || project == g.replyProject {
		return
	}
	g.replyProject = project
	for _, same := range g.subscriptions {
		for _, s := range same {
			s.unlisted = time.Time{}
			g.poller.listings.forget(g.own(s))
		}
	}
	g.poller.listings.forget(g.family)
}

// requestedName is the name by which the group knows an operation, for the name by which the service lists
// it.
func (g *group) requestedName(listed string) string {
	project, rest, ok := cutProject(listed)
	if !ok || project != g.replyProject {
		return listed
	}
	own, _, _ := cutProject(g.family.Name)
	return "projects/" + own + "/" + rest
}
