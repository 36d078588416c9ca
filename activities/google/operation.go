package google

import (
	"slices"
	"strings"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
)

// seen is an operation as a starter sees it. ok is false for one of another method or target, and for
// one that says nothing of either.
func (m method) seen(op lro.Operation, target, key, mark string) (out starters.Operation, ok bool) {
	metadata := fieldsOf(op.Metadata)
	verb := verbOf(metadata)
	if !m.isAbout(op, metadata, target) || !m.isVerb(verb) || verb == "" && m.isOtherType(metadata) {
		return starters.Operation{}, false
	}
	return starters.Operation{
		Operation: op, StartTime: lro.ProgressOf(op.Metadata).StartTime, Owner: m.ownerOf(metadata, key, mark),
	}, true
}

// ownerOf is the owner by the mark in the metadata: the requestId, which Compute Engine calls
// clientOperationId, or the label where the metadata is the resource, as Cloud Run's. An operation of
// Compute Engine that was started without a requestId is not the step's, whose calls all have one.
func (m method) ownerOf(metadata fields, key, mark string) starters.Owner {
	id := textOf(metadata["clientOperationId"])
	if key != "" && (id != "" || m.Shape == catalog.Compute && m.takesRequestID()) {
		if isRequestID(id, mark) {
			return starters.Ours
		}
		return starters.Others
	}
	if m.Labels == "" || key == "" {
		return starters.Unmarked
	}
	switch textOf(metadata.at(m.Labels + "." + starters.LabelKey)) {
	case "":
		return starters.Unmarked
	case key:
		return starters.Ours
	default:
		return starters.Others
	}
}

// targetFields are the fields of metadata that alone say what the operation works on, by service.
var targetFields = []string{"target", "resource", "targetResourceName", "targetLink"}

// isAbout reports whether an operation works on a target: by its metadata, or by its name if that is
// below the target's.
func (m method) isAbout(op lro.Operation, metadata fields, target string) bool {
	if strings.HasPrefix(op.Name, target+"/") || m.IDPlace.In == catalog.ByServer && namesOneIn(metadata, target) {
		return true
	}
	for _, field := range targetFields {
		if named := textOf(metadata[field]); named != "" {
			return sameResource(named, target) || m.linksAround(named, target)
		}
	}
	return slices.ContainsFunc(metadata.texts(), func(named string) bool { return sameResource(named, target) }) || m.composes(metadata, target)
}

// linksAround reports whether an operation's link is that of the instance that the target is in, as Cloud SQL's
// is, whatever in the instance the operation works on. The target may be a collection in it, such as its backup runs.
func (m method) linksAround(link, target string) bool {
	outer := cutLast(target)
	return m.Shape == catalog.SQLAdmin && (sameResource(link, outer) || sameResource(link, cutLast(outer)))
}

// isVague reports whether nothing tells if an operation works on the target or on a sibling.
func (m method) isVague(op starters.Operation, target string) bool {
	return m.linksAround(textOf(fieldsOf(op.Metadata)["targetLink"]), target)
}

// namesOneIn reports whether metadata names something in a collection, which is the target if the service chooses ids.
func namesOneIn(metadata fields, collection string) bool {
	return slices.ContainsFunc(metadata.texts(), func(named string) bool { return sameResource(cutLast(named), collection) })
}

// texts are the texts of an object and of the objects in it.
func (f fields) texts() []string {
	var found []string
	for _, value := range f {
		if text := textOf(value); text != "" {
			found = append(found, text)
		}
		for _, inner := range fieldsOf(value) {
			if text := textOf(inner); text != "" {
				found = append(found, text)
			}
		}
	}
	return found
}

// composes reports whether the metadata has the request, whose parent and id make up the target's name.
func (m method) composes(metadata fields, target string) bool {
	request := fieldsOf(metadata["originalRequest"])
	if request == nil {
		request = fieldsOf(metadata["request"])
	}
	parent, id := textOf(request["parent"]), textOf(request.at(m.IDPlace.Field))
	return parent != "" && id != "" && sameResource(parent+"/"+lastOf(cutLast(target))+"/"+id, target)
}

// sameResource reports whether a name in an operation is a target's. It may be a URL, and may have
// the project's number for its id.
func sameResource(named, target string) bool {
	if strings.Contains(target, "/locations/") { // which GKE's links to a zone's clusters may call zones
		named = strings.Replace(named, "/zones/", "/locations/", 1)
	}
	if named == target || strings.HasSuffix(named, "/"+target) {
		return true
	}
	_, rest, ok := cutProject(target)
	if !ok {
		return false
	}
	if i := strings.Index(named, "projects/"); i >= 0 {
		named = named[i:]
	}
	project, other, ok := cutProject(named)
	return ok && other == rest && isNumber(project)
}

// cutProject cuts "projects/P/REST".
func cutProject(name string) (project, rest string, ok bool) {
	name, ok = strings.CutPrefix(name, "projects/")
	if !ok {
		return "", "", false
	}
	return strings.Cut(name, "/")
}

func isNumber(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(c rune) bool { return c < '0' || c > '9' })
}
