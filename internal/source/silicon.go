package source

// siliconText is the record of silicon as the library has it, which a program
// knows that has not loaded the library: the simulator begins with it.
const siliconText = `id si
name Silicon
formula Si
type A4 | C (diamond)
class semiconductor
group 227 | F d -3 m:2 | -F 4vw 2vw 3
cell 5.43102 5.43102 5.43102 90 90 90
state 295 8
mp mp-149 confirmed
ref Tiesinga, Mohr, Newell & Taylor (CODATA), Rev. Mod. Phys. 93 (2021) 025010
B Gao & Peng 1999
atom Si1 Si 8a 0.125 0.125 0.125 1 0.516
`
