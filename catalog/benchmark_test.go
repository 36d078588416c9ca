package catalog

import "testing"

// BenchmarkIndex is what a process pays once.
func BenchmarkIndex(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		newIndex(generatedFile, handFile)
	}
}

// BenchmarkParse is what the first use of a service costs.
func BenchmarkParse(b *testing.B) {
	for _, name := range []string{"alloydb", "spanner", "compute"} {
		text := section(name)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				newService(text, "").parsed()
			}
		})
	}
}

// BenchmarkFind is a look-up in services that are parsed.
func BenchmarkFind(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Find("alloydb.projects.locations.clusters.create"); err != nil {
			b.Fatal(err)
		}
	}
}

func section(name string) string {
	for text := range sections(generatedFile) {
		if newService(text, "").Name == name {
			return text
		}
	}
	panic("no service " + name)
}
