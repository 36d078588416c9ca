package google

import (
	"slices"
	"strings"
	"unicode"

	"github.com/awaitop/awaitop/catalog"
)

// verbOf is the verb in metadata, such as "create", "CREATE_CLUSTER", "compute.instanceGroupManagers.insert" or
// "google.appengine.v1.Versions.CreateVersion"; "" if it has none. The fields are those by which the catalog
// says that metadata tells the verb.
func verbOf(metadata fields) string {
	for _, field := range []string{"verb", "operationType", "method", "apiMethod", "apiMethodName"} {
		if verb := textOf(metadata[field]); verb != "" {
			return verb
		}
	}
	return ""
}

// isVerb reports whether the verb in metadata may be that of the method. It may have the method's service and
// collection before it, and the resource's kind behind it. Without one it may.
func (m method) isVerb(verb string) bool {
	whole := verb
	verb = letters(verb[strings.LastIndexAny(verb, "./:")+1:])
	if verb == "" || enumerated[m.Shape][verb][m.lastWords(2)] {
		return true
	}
	kinds := m.kindWords()
	for _, word := range m.verbs() {
		rest, ok := strings.CutPrefix(verb, word)
		if ok && (rest == "" || slices.Contains(kinds, rest) || strings.Contains(whole, ".") && !isCommon[word]) {
			return true
		}
	}
	return false
}

// isCommon are the verbs of most kinds. What stands behind another one in the name of a gRPC method, such as
// ImportDicomData, may be what it works with.
var isCommon = words("create insert update patch delete")

// verbs are the words for the method in metadata.
func (m method) verbs() []string {
	own := letters(m.lastWords(1))
	switch own {
	case "create", "insert":
		return []string{"create", "insert"}
	case "patch", "update":
		return []string{"update", "patch"}
	}
	if m.Makes() {
		return []string{own, "create"}
	}
	return []string{own}
}

// What the types of metadata begin with, behind which stands what the method has worked on.
var (
	makingTypes  = words("create insert")
	changeTypes  = words("update patch")
	furtherTypes = words("delete restore optimize deploy undeploy mutate import export backup")
)

// isOtherType reports whether the type of metadata, such as UpdateInstanceMetadata, is that of another method. It is
// for services whose metadata has no verb. Types are not named after methods everywhere, so that of a verb of its own
// may be any, unless the method makes something.
func (m method) isOtherType(metadata fields) bool {
	url := textOf(metadata["@type"])
	name, isMetadata := strings.CutSuffix(url[strings.LastIndexByte(url, '.')+1:], "Metadata")
	name = strings.TrimSuffix(name, "Operation")
	first := firstWord(name)
	if !isMetadata || first == name || strings.EqualFold(first, firstWord(m.lastWords(1))) || m.begins(letters(name)) {
		return false
	}
	word := letters(first)
	switch {
	case changeTypes[letters(m.lastWords(1))]:
		return makingTypes[word] || furtherTypes[word]
	case m.Makes():
		return changeTypes[word] || furtherTypes[word] || makingTypes[word] && m.isOfSibling(letters(name[len(first):]))
	default:
		return false
	}
}

// begins reports whether a type's name begins with the target's kind, such as an ImportJob.
func (m method) begins(name string) bool {
	return slices.ContainsFunc(m.kindWords(), func(kind string) bool { return kind != "" && strings.HasPrefix(name, kind) })
}

// isOfSibling reports whether a kind is not the target's, but of what another method of the service makes.
func (m method) isOfSibling(kind string) bool {
	return !slices.Contains(m.kindWords(), kind) && slices.ContainsFunc(m.Service.Methods(), func(other *catalog.Method) bool {
		return other.Makes() && slices.Contains(method{Method: other}.kindWords(), kind)
	})
}

// firstWord is the first word of a name such as CreateCluster.
func firstWord(name string) string {
	if i := strings.IndexFunc(name[min(1, len(name)):], unicode.IsUpper); i >= 0 {
		return name[:i+1]
	}
	return name
}

// lastWords are the last n words of the method's id, such as "clusters.create".
func (m method) lastWords(n int) string {
	parts := strings.Split(m.ID, ".")
	return strings.Join(parts[max(len(parts)-n, 0):], ".")
}

// kindWords are the words for the target's kind behind a verb: the schema's name, and the collection's in the
// singular and in the plural.
func (m method) kindWords() []string {
	form, _, _ := strings.Cut(m.Target(), ":")
	plural := letters(lastOf(strings.TrimSuffix(form, "/*")))
	found := []string{letters(m.Type), plural}
	for ending, singular := range map[string]string{"s": "", "es": "", "ies": "y"} {
		if stem, ok := strings.CutSuffix(plural, ending); ok && stem != "" {
			found = append(found, stem+singular)
		}
	}
	return found
}

// letters is a text's letters in lower case.
func letters(text string) string {
	return strings.Map(func(c rune) rune {
		if c < 'a' || c > 'z' {
			return -1
		}
		return c
	}, strings.ToLower(text))
}

// enumerated are the words, by their letters, that services with an enumeration of them have for methods whose
// own name says something else. A method is the last two words of its id
// (Operation.operationType in the documents container/v1 and sqladmin/v1 of google.golang.org/api v0.311.0).
var enumerated = map[catalog.Shape]map[string]map[string]bool{
	catalog.Container: {
		"updatecluster": words("clusters.update nodePools.setAutoscaling nodePools.autoscaling clusters.startIpRotation clusters.completeIpRotation " +
			"clusters.setAddons clusters.addons clusters.setLegacyAbac clusters.legacyAbac clusters.setLocations clusters.locations " +
			"clusters.setLogging clusters.logging clusters.setMonitoring clusters.monitoring clusters.setResourceLabels clusters.resourceLabels " +
			"clusters.setMaintenancePolicy clusters.setMasterAuth clusters.setNetworkPolicy"),
		"upgrademaster":         words("clusters.update clusters.updateMaster clusters.master clusters.completeControlPlaneUpgrade"),
		"upgradenodes":          words("clusters.update nodePools.update nodePools.rollback"),
		"setnodepoolsize":       words("nodePools.setSize"),
		"setnodepoolmanagement": words("nodePools.setManagement"),
	},
	catalog.SQLAdmin: {
		"createreplica":       words("instances.insert"),
		"createreadpool":      words("instances.insert"),
		"createclone":         words("instances.clone instances.pointInTimeRestore"),
		"clone":               words("instances.pointInTimeRestore"),
		"majorversionupgrade": words("instances.patch instances.update"),
		"managebackup":        words("instances.patch instances.update"),
		"restorevolume":       words("instances.restoreBackup"),
		"backup":              words("backupRuns.insert Backups.CreateBackup"),
		"backupvolume":        words("backupRuns.insert Backups.CreateBackup"),
		"enhancedbackup":      words("backupRuns.insert Backups.CreateBackup"),
		"deletebackup":        words("backupRuns.delete"),
		"deletevolume":        words("backupRuns.delete Backups.DeleteBackup"),
		"update": words("instances.addServerCa instances.addServerCertificate instances.addEntraIdCertificate instances.rotateServerCa " +
			"instances.RotateServerCertificate instances.RotateEntraIdCertificate instances.resetSslConfig instances.resetReplicaSize instances.performDiskShrink"),
	},
}
