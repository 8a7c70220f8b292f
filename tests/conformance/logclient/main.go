// A stranger's check of a log over HTTP, with golang.org/x/mod/sumdb alone: main PREFIX VKEY [OLD-CHECKPOINT-FILE]
package main

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var prefix string
var kept = map[string][]byte{}

func must(err error, what string) {
	if err != nil {
		log.Fatalf("%s: %v", what, err)
	}
}

func get(path string) []byte {
	answer, err := http.Get(prefix + path)
	must(err, path)
	defer answer.Body.Close()
	if answer.StatusCode != 200 {
		log.Fatalf("%s: %s", path, answer.Status)
	}
	data, err := io.ReadAll(answer.Body)
	must(err, path)
	return data
}

func open(text []byte, vkey string) tlog.Tree {
	verifier, err := note.NewVerifier(vkey)
	must(err, "vkey")
	opened, err := note.Open(text, note.VerifierList(verifier))
	must(err, "checkpoint")
	lines := strings.Split(opened.Text, "\n")
	if lines[0] != verifier.Name() {
		log.Fatalf("origin: %s", lines[0])
	}
	var tree tlog.Tree
	_, err = fmt.Sscan(lines[1], &tree.N)
	must(err, "size")
	must(tree.Hash.UnmarshalJSON([]byte(`"`+lines[2]+`"`)), "root")
	return tree
}

func hashes(path string) (proof []tlog.Hash) {
	var told struct{ Hashes []string }
	must(json.Unmarshal(get(path), &told), path)
	for _, each := range told.Hashes {
		var hash tlog.Hash
		data, err := base64.StdEncoding.DecodeString(each)
		must(err, path)
		copy(hash[:], data)
		proof = append(proof, hash)
	}
	return
}

type tiles struct{}

func (tiles) Height() int                         { return 8 }
func (tiles) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (tiles) ReadTiles(wanted []tlog.Tile) (found [][]byte, err error) {
	for _, each := range wanted {
		path := "tile/" + strings.TrimPrefix(each.Path(), "tile/8/")
		if kept[path] == nil {
			kept[path] = get(path)
		}
		found = append(found, kept[path])
	}
	return
}

func entries(size int64) (found [][]byte) {
	for start := int64(0); start < size; start += 256 {
		tile := tlog.Tile{H: 8, L: 0, N: start / 256, W: 256}
		if size-start < 256 {
			tile.W = int(size - start)
		}
		data := get(strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1))
		for len(data) > 1 && len(data) >= 2+int(binary.BigEndian.Uint16(data)) {
			length := int(binary.BigEndian.Uint16(data))
			found, data = append(found, data[2:2+length]), data[2+length:]
		}
	}
	return
}

func main() {
	log.SetFlags(0)
	prefix = os.Args[1]
	tree := open(get("checkpoint"), os.Args[2])
	if len(os.Args) > 3 {
		kept, err := os.ReadFile(os.Args[3])
		must(err, "kept checkpoint")
		old := open(kept, os.Args[2])
		if old.N > tree.N {
			log.Fatalf("rolled back: %d entries, the kept checkpoint has %d", tree.N, old.N)
		}
		proof := hashes(fmt.Sprintf("consistency?from=%d&to=%d", old.N, tree.N))
		must(tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash), "consistency")
	}
	found := entries(tree.N)
	if int64(len(found)) != tree.N {
		log.Fatalf("entries: %d of %d", len(found), tree.N)
	}
	reader := tlog.TileHashReader(tree, tiles{})
	for index := range found {
		proof, err := tlog.ProveRecord(tree.N, int64(index), reader)
		must(err, "tiles")
		leaf := tlog.RecordHash(found[index])
		must(tlog.CheckRecord(proof, tree.N, tree.Hash, int64(index), leaf), fmt.Sprintf("entry %d", index))
		if index%97 == 0 {
			told := hashes(fmt.Sprintf("inclusion?leaf=%d&size=%d", index, tree.N))
			must(tlog.CheckRecord(told, tree.N, tree.Hash, int64(index), leaf), fmt.Sprintf("inclusion %d", index))
		}
	}
	fmt.Printf("%d entries hold\n", tree.N)
}
