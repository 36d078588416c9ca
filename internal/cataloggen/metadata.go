package main

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// metadata is what an operation's metadata tells.
type metadata struct {
	time, resource, verb, request, user bool
}

// letters are what the catalog writes.
func (m metadata) letters() string {
	var letters string
	for _, told := range []struct {
		it     bool
		letter string
	}{{m.time, "t"}, {m.resource, "r"}, {m.verb, "v"}, {m.request, "q"}, {m.user, "u"}} {
		if told.it {
			letters += told.letter
		}
	}
	return letters
}

// and is what both tell.
func (m metadata) and(n metadata) metadata {
	return metadata{m.time && n.time, m.resource && n.resource, m.verb && n.verb, m.request && n.request, m.user && n.user}
}

// byShape is what the operation itself tells where it is of another shape than the standard one.
var byShape = map[string]metadata{
	compute:   {time: true, resource: true, verb: true, user: true},
	sqladmin:  {time: true, resource: true, verb: true, user: true},
	container: {time: true, resource: true, verb: true},
	dns:       {time: true, resource: true, verb: true, user: true},
}

// metadataOf finds the metadata of a method's operations. No document says which schema a method's
// metadata has, so it is an estimate, by names: first the schema for the verb and the resource, then
// those for all operations, then the only one that there is.
func (d *document) metadataOf(s start) metadata {
	if own, ok := byShape[s.shape]; ok {
		return own
	}
	var own, generic, timed []string
	for _, schema := range d.metadataSchemas() {
		switch tells := d.tells(schema, s); {
		case s.isNamed(schema):
			own = append(own, schema)
		case genericMetadata.MatchString(schema) || strings.EqualFold(schema, d.Name+"OperationMetadata"):
			generic = append(generic, schema)
		case tells.time:
			timed = append(timed, schema)
		}
	}
	switch {
	case len(own) > 0:
		return d.tells(slices.MinFunc(own, func(a, b string) int { return len(a) - len(b) }), s)
	case len(generic) > 0:
		return d.common(generic, s)
	case len(timed) == 1:
		return d.tells(timed[0], s)
	default:
		return metadata{}
	}
}

// common is what all of the schemas tell: which of them a method has is not known.
func (d *document) common(schemas []string, s start) metadata {
	all := d.tells(schemas[0], s)
	for _, schema := range schemas[1:] {
		all = all.and(d.tells(schema, s))
	}
	return all
}

var (
	// genericMetadata are names for the metadata of all operations of a package or version.
	genericMetadata = regexp.MustCompile(`^(Google[A-Za-z]*?(V[0-9][a-z0-9]*|Common|Longrunning)?_*)?(Generic)?OperationMetadata(V[0-9]+)?$`)
	anyMetadata     = regexp.MustCompile(`Metadata(V[0-9]+)?$`)
	schemaVersion   = regexp.MustCompile(`(?:V|Uiv)([0-9]+(?:(?:p[0-9]+)?(?:alpha|beta|main|eap)[0-9]*)?)(?:[A-Z_]|Alpha|Beta|$)`)
)

// metadataSchemas are the schemas of metadata. Those of other versions of the service count only if
// its own version has none.
func (d *document) metadataSchemas() []string {
	all := slices.DeleteFunc(slices.Sorted(maps.Keys(d.Schemas)), func(schema string) bool { return !anyMetadata.MatchString(schema) })
	own := slices.DeleteFunc(slices.Clone(all), func(schema string) bool {
		version := schemaVersion.FindStringSubmatch(schema)
		return version != nil && "v"+version[1] != d.Version
	})
	if len(own) == 0 {
		return all
	}
	return own
}

// isNamed reports whether a schema is named for the method: "CreateClusterMetadata".
func (s start) isNamed(schema string) bool {
	stem := strings.ToLower(strings.TrimSuffix(strings.TrimSuffix(schema, "Metadata"), "Operation"))
	verb, nouns := s.words()
	return slices.ContainsFunc(nouns, func(noun string) bool { return strings.HasSuffix(stem, verb+noun) })
}

// words are those of a method in the name of its metadata, in small letters: "create", and
// "cluster" or "clusters".
func (s start) words() (verb string, nouns []string) {
	path, custom, isCustom := strings.Cut(s.path, ":")
	verb = s.name
	switch {
	case isCustom:
		verb = custom
	case verb == "patch":
		verb = "update"
	}
	collection := last(path)
	if strings.HasPrefix(collection, "*") {
		collection = last(parent(path))
	}
	nouns = singulars(strings.ToLower(collection))
	if isCustom {
		nouns = append(nouns, "") // The verb often has the noun in it.
	}
	return strings.ToLower(verb), nouns
}

// Fields of metadata, by what they tell.
var (
	timeFields     = []string{"createTime", "startTime", "insertTime", "requestTime", "creationTime", "exportStartTime", "submitTime"}
	resourceFields = []string{"target", "resource", "targetResourceName", "resourceName", "resourceNames", "name", "cluster", "clusterName", "instance", "database", "modelName"}
	verbFields     = []string{"verb", "operationType", "method", "apiMethod", "apiMethodName"}
	requestFields  = []string{"originalRequest", "request"}
	userFields     = []string{"user"}
	innerFields    = []string{"genericMetadata", "common", "commonMetadata", "operationMetadata", "progress"}
)

// tells is what a schema of metadata tells. A field that is named as the method's resource tells
// which it is.
func (d *document) tells(schema string, s start) metadata {
	properties := d.Schemas[schema].Properties
	has := func(fields []string) bool {
		return slices.ContainsFunc(fields, func(f string) bool { _, ok := properties[f]; return ok })
	}
	_, nouns := s.words()
	named := slices.ContainsFunc(slices.Collect(maps.Keys(properties)), func(f string) bool {
		return slices.Contains(nouns, strings.ToLower(f))
	})
	m := metadata{time: has(timeFields), verb: has(verbFields), request: has(requestFields), user: has(userFields)}
	m.resource = has(resourceFields) || named || m.request // The request names it.
	for _, field := range innerFields {
		if inner := properties[field].Ref; inner != "" && inner != schema {
			in := d.tells(inner, s)
			m.time, m.resource, m.verb = m.time || in.time, m.resource || in.resource, m.verb || in.verb
		}
	}
	return m
}

func sortedFields(of map[string]property) []string { return slices.Sorted(maps.Keys(of)) }
